"""Addresses of the resolutions. Those of councils stand in w2i/urls.py, beside these."""

from django.urls import path

from resolutions.views import public

app_name = "resolutions"
urlpatterns = [
    path("", public.resolution_list, name="resolution_list"),
    path("model/<slug:slug>/", public.model_detail, name="model_detail"),
    path("<slug:slug>/", public.resolution_detail, name="resolution_detail"),
]
