"""Addresses of the dialogues."""

from django.urls import path

from dialogues.views import participants, public

app_name = "dialogues"
urlpatterns = [
    path("", public.dialogue_list, name="dialogue_list"),
    path("<slug:slug>/", public.dialogue_detail, name="dialogue_detail"),
    path("<slug:slug>/participants/", participants.participant_list, name="participant_list"),
    path(
        "<slug:slug>/participants/import/",
        participants.participant_import,
        name="participant_import",
    ),
    path(
        "<slug:slug>/participants/import/<int:batch>/undo/",
        participants.participant_import_undo,
        name="participant_import_undo",
    ),
    path(
        "<slug:slug>/participants/<int:seat>/",
        participants.participant_detail,
        name="participant_detail",
    ),
    path(
        "<slug:slug>/participants/<int:seat>/mark/",
        participants.participant_mark,
        name="participant_mark",
    ),
    path(
        "<slug:slug>/participants/<int:seat>/erase/",
        participants.participant_erase,
        name="participant_erase",
    ),
    path(
        "<slug:slug>/participants/<int:seat>/consents/",
        participants.participant_consents,
        name="participant_consents",
    ),
    path(
        "<slug:slug>/participants/<int:seat>/said/",
        participants.participant_said,
        name="participant_said",
    ),
    path("<slug:slug>/statements/", public.statement_list, name="statement_list"),
    path("<slug:slug>/statements/<slug:code>/", public.statement_detail, name="statement_detail"),
]
