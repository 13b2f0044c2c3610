"""Addresses of those who take part: a room by its code, and what was recorded of one."""

from django.urls import path

from dialogues.views import checking_back, joining

app_name = "join"
urlpatterns = [
    path("", joining.join, name="join"),
    path("said/erased/", checking_back.said_erased, name="said_erased"),
    path("said/<str:token>/", checking_back.said, name="said"),
    path("said/<str:token>/data.json", checking_back.said_data, name="said_data"),
    path("said/<str:token>/erase/", checking_back.said_erase, name="said_erase"),
    path("<str:code>/", joining.room, name="room"),
    path("<str:code>/state.json", joining.room_state, name="room_state"),
    path("<str:code>/say/", joining.say, name="say"),
    path("<str:code>/vote/", joining.vote, name="vote"),
    path("<str:code>/statements/<uuid:key>/", joining.statement, name="statement"),
    path("<str:code>/own/", joining.own, name="own"),
    path("<str:code>/leave/", joining.leave, name="leave"),
]
