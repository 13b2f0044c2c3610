"""Demonstration data: invented content at any size, labelled, and removable without a trace."""

from w2i.demonstration.making import Sizes, make
from w2i.demonstration.removing import Impossible, present, remove

__all__ = ["Impossible", "Sizes", "make", "present", "remove"]
