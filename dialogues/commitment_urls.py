"""Addresses of those who made a commitment: each opened by a private link alone."""

from django.urls import path

from dialogues.views import commitments

app_name = "commitments"
urlpatterns = [
    path("<str:token>/", commitments.commitment, name="commitment"),
    path("<str:token>/stop/", commitments.commitment_stop, name="commitment_stop"),
]
