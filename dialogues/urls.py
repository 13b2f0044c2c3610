"""Addresses of the dialogues."""

from django.urls import path

from dialogues import views

app_name = "dialogues"
urlpatterns = [
    path("", views.dialogue_list, name="dialogue_list"),
    path("<slug:slug>/", views.dialogue_detail, name="dialogue_detail"),
    path("<slug:slug>/statements/", views.statement_list, name="statement_list"),
    path("<slug:slug>/statements/<slug:code>/", views.statement_detail, name="statement_detail"),
]
