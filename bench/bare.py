"""What everything is measured beside: Django with no middleware and one view.

It starts from the same server, with the same workers and threads, as the site.
"""

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="-",  # nothing is signed
    USE_I18N=False,
    LOGGING_CONFIG=None,
)


def bare(request: HttpRequest) -> HttpResponse:
    # CommonMiddleware says the length of every page; without it the server would send chunks.
    return HttpResponse("Hello", headers={"Content-Length": "5"})


urlpatterns = [path("", bare)]
application = WSGIHandler()
