"""Addresses of the dialogues."""

from django.urls import path

from dialogues.views import public, rehearsing, wall

app_name = "dialogues"
urlpatterns = [
    path("", public.dialogue_list, name="dialogue_list"),
    path("<slug:slug>/", public.dialogue_detail, name="dialogue_detail"),
    path("<slug:slug>/wall/", wall.wall, name="wall"),
    path("<slug:slug>/wall/state.json", wall.wall_state, name="wall_state"),
    path("<slug:slug>/rehearse/", rehearsing.rehearsal_begin, name="rehearsal_begin"),
    path("<slug:slug>/rehearse/speak/", rehearsing.rehearsal_speak, name="rehearsal_speak"),
    path("<slug:slug>/rehearse/end/", rehearsing.rehearsal_end, name="rehearsal_end"),
    path("<slug:slug>/statements/", public.statement_list, name="statement_list"),
    path("<slug:slug>/statements/<slug:code>/", public.statement_detail, name="statement_detail"),
]
