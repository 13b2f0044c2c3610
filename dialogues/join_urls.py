"""Addresses of those who take part, with their phones."""

from django.urls import path

from dialogues.views import joining

app_name = "join"
urlpatterns = [
    path("", joining.join, name="join"),
    path("<str:code>/", joining.room, name="room"),
    path("<str:code>/state.json", joining.room_state, name="room_state"),
    path("<str:code>/say/", joining.say, name="say"),
    path("<str:code>/vote/", joining.vote, name="vote"),
    path("<str:code>/statements/<uuid:key>/", joining.statement, name="statement"),
    path("<str:code>/leave/", joining.leave, name="leave"),
]
