"""Addresses of participants: a room by its code, and what was recorded of one."""

from django.urls import path

from dialogues.views import checking_back

app_name = "join"
urlpatterns = [
    path("said/erased/", checking_back.said_erased, name="said_erased"),
    path("said/<str:token>/", checking_back.said, name="said"),
    path("said/<str:token>/data.json", checking_back.said_data, name="said_data"),
    path("said/<str:token>/erase/", checking_back.said_erase, name="said_erase"),
]
