"""Addresses of the desk on which editors keep findings true."""

from django.urls import path, re_path

from recommendations.views import desk

CODE = r"^(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/"
FINDING = r"^(?P<kind>updates|answers)/(?P<pk>[0-9]{1,9})/"

urlpatterns = [
    path("", desk.desk, name="desk"),
    re_path(rf"{FINDING}$", desk.desk_finding, name="desk_finding"),
    re_path(rf"{FINDING}edit/$", desk.desk_finding_edit, name="desk_finding_edit"),
    re_path(rf"{FINDING}submit/$", desk.desk_finding_submit, name="desk_finding_submit"),
    re_path(rf"{FINDING}send-back/$", desk.desk_finding_send_back, name="desk_finding_send_back"),
    re_path(rf"{FINDING}publish/$", desk.desk_finding_publish, name="desk_finding_publish"),
    re_path(rf"{FINDING}correct/$", desk.desk_finding_correct, name="desk_finding_correct"),
    re_path(rf"{FINDING}retract/$", desk.desk_finding_retract, name="desk_finding_retract"),
    re_path(rf"{FINDING}history/$", desk.desk_finding_history, name="desk_finding_history"),
    re_path(rf"{CODE}$", desk.desk_recommendation, name="desk_recommendation"),
    re_path(rf"{CODE}update/$", desk.desk_update_new, name="desk_update_new"),
    re_path(rf"{CODE}answer/$", desk.desk_answer_new, name="desk_answer_new"),
    re_path(
        rf"{CODE}history/$", desk.desk_recommendation_history, name="desk_recommendation_history"
    ),
]
