#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "w2i.settings")
    try:
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])  # reads the environment
    except ImproperlyConfigured as problem:
        sys.exit(f"W2I does not start: {problem}")
    execute_from_command_line(sys.argv)
