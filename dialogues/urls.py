"""Addresses of the dialogues."""

from django.urls import path

from dialogues.views import public

app_name = "dialogues"
urlpatterns = [
    path("", public.dialogue_list, name="dialogue_list"),
    path("<slug:slug>/", public.dialogue_detail, name="dialogue_detail"),
    path("<slug:slug>/statements/", public.statement_list, name="statement_list"),
    path("<slug:slug>/statements/<slug:code>/", public.statement_detail, name="statement_detail"),
]
