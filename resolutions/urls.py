"""Addresses of the resolutions. Those of councils stand in w2i/urls.py, beside these."""

from django.urls import path

from resolutions.views import preparing, public

app_name = "resolutions"
urlpatterns = [
    path("", public.resolution_list, name="resolution_list"),
    path("prepare/", preparing.prepare, name="prepare"),
    path("prepare/start/", preparing.preparation_start, name="preparation_start"),
    path("prepare/<str:key>/", preparing.preparation_clauses, name="preparation_clauses"),
    path("prepare/<str:key>/take/", preparing.preparation_take, name="preparation_take"),
    path("model/<slug:slug>/", public.model_detail, name="model_detail"),
    path("<slug:slug>/", public.resolution_detail, name="resolution_detail"),
]
