"""Addresses of the dialogues."""

from django.urls import path

from dialogues.views import console, public

app_name = "dialogues"
urlpatterns = [
    path("", public.dialogue_list, name="dialogue_list"),
    path("<slug:slug>/", public.dialogue_detail, name="dialogue_detail"),
    path("<slug:slug>/statements/", public.statement_list, name="statement_list"),
    path("<slug:slug>/statements/<slug:code>/", public.statement_detail, name="statement_detail"),
    path("<slug:slug>/console/", console.console, name="console"),
    path("<slug:slug>/console/worker.js", console.console_worker, name="console_worker"),
    path("<slug:slug>/console/state.json", console.console_state_json, name="console_state_json"),
    path("<slug:slug>/console/token.json", console.console_token, name="console_token"),
    path("<slug:slug>/console/say/", console.console_say, name="console_say"),
    path("<slug:slug>/console/undo/", console.console_undo, name="console_undo"),
    path(
        "<slug:slug>/console/statements/<int:pk>/<slug:verb>/",
        console.console_statement,
        name="console_statement",
    ),
    path(
        "<slug:slug>/console/items/<int:pk>/<slug:verb>/",
        console.console_item,
        name="console_item",
    ),
    path("<slug:slug>/console/go-on/", console.console_go_on, name="console_go_on"),
    path("<slug:slug>/console/turns/next/", console.console_next, name="console_next"),
    path(
        "<slug:slug>/console/turns/<int:pk>/<slug:verb>/",
        console.console_turn,
        name="console_turn",
    ),
    path("<slug:slug>/console/counts/", console.console_counts, name="console_counts"),
    path("<slug:slug>/console/room/", console.console_room, name="console_room"),
    path(
        "<slug:slug>/console/participants/<int:seat>/hold/",
        console.console_seat,
        name="console_seat",
    ),
]
