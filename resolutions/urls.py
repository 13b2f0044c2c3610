"""Addresses of the resolutions. Those of councils stand in w2i/urls.py, beside these."""

from django.urls import path

from resolutions import views

app_name = "resolutions"
urlpatterns = [
    path("", views.resolution_list, name="resolution_list"),
    path("model/<slug:slug>/", views.model_detail, name="model_detail"),
    path("<slug:slug>/", views.resolution_detail, name="resolution_detail"),
]
