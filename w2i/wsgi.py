"""The WSGI application the web server runs."""

import os
import sys
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "w2i.settings")
try:
    import_module(os.environ["DJANGO_SETTINGS_MODULE"])  # reads the environment
except ImproperlyConfigured as problem:
    sys.exit(f"W2I does not start: {problem}")
application = get_wsgi_application()
