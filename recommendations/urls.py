"""Addresses of the recommendations. The page of one joins several apps: see w2i/urls.py."""

from django.urls import path

from recommendations import views

app_name = "recommendations"
urlpatterns = [
    path("recommendations/", views.recommendation_list, name="recommendation_list"),
    path("glossary/", views.glossary, name="glossary"),
]
