"""The admin of councils, models, and resolutions with their steps."""

from resolutions.admin import councils, models, tips, tracking

__all__ = ["councils", "models", "tips", "tracking"]
