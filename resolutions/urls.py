"""Addresses of the resolutions. Those of councils stand in w2i/urls.py, beside these."""

from django.urls import path, re_path

from resolutions.views import (
    board,
    copies,
    councils,
    drafting,
    exports,
    files,
    importing,
    members,
    passages,
    preparing,
    public,
    recording,
    starting,
    steps,
    tips,
    tracker,
)

app_name = "resolutions"
urlpatterns = [
    path("", tracker.resolution_list, name="resolution_list"),
    path("regions/<slug:code>/", tracker.region_detail, name="region_detail"),
    path("embed/map/", tracker.embed_map, name="embed_map"),
    path("embed/counter/", tracker.embed_counter, name="embed_counter"),
    path("prepare/", preparing.prepare, name="prepare"),
    path("prepare/start/", preparing.preparation_start, name="preparation_start"),
    path("prepare/<slug:key>/", preparing.preparation_clauses, name="preparation_clauses"),
    path("prepare/<slug:key>/take/", preparing.preparation_take, name="preparation_take"),
    path("associations/", councils.association_list, name="association_list"),
    path("board/", board.board_list, name="board_list"),
    path("board/new/", starting.resolution_new, name="resolution_new"),
    path("board/<slug:slug>/", board.board_detail, name="board_detail"),
    path("board/<slug:slug>/calendar/", board.calendar_renew, name="calendar_renew"),
    path("board/<slug:slug>/members/", members.member_list, name="member_list"),
    path("board/<slug:slug>/members/<int:pk>/remove/", members.member_remove, name="member_remove"),
    path(
        "board/<slug:slug>/invitations/<int:pk>/withdraw/",
        members.member_invitation_withdraw,
        name="member_invitation_withdraw",
    ),
    path(
        "invitations/<str:token>/",
        members.member_invitation_accept,
        name="member_invitation_accept",
    ),
    path("import/", importing.resolution_import, name="resolution_import"),
    path("import/sample.csv", importing.import_sample, name="import_sample"),
    path("calendar/<uuid:key>.ics", board.organization_calendar, name="organization_calendar"),
    path("model/<slug:slug>/", public.model_detail, name="model_detail"),
    path("model/<slug:slug>/preview/", drafting.model_preview, name="model_preview"),
    re_path(
        r"^model/(?P<slug>[-\w]+)\.(?P<form>pdf|docx|txt)$", files.model_file, name="model_file"
    ),
    path("report/", tips.tip_send, name="tip_send"),
    path("report/<slug:key>/", tips.tip_detail, name="tip_detail"),
    path("<slug:slug>/associations/", passages.passage_record, name="passage_record"),
    path("<slug:slug>/copies/", copies.delivery_list, name="delivery_list"),
    path("<slug:slug>/copies/<int:pk>/", copies.delivery_detail, name="delivery_detail"),
    path("<slug:slug>/copy/", copies.copy_request, name="copy_request"),
    path("<slug:slug>/", public.resolution_detail, name="resolution_detail"),
    path("<slug:slug>/publish/", starting.resolution_publish, name="resolution_publish"),
    path("<slug:slug>/steps/new/", steps.step_record, name="step_record"),
    path("<slug:slug>/steps/<int:pk>/verify/", steps.step_verify, name="step_verify"),
    path("<slug:slug>/text/", recording.text_record, name="text_record"),
    re_path(
        r"^(?P<slug>[-\w]+)\.(?P<form>pdf|docx|txt|xml)$",
        files.resolution_file,
        name="resolution_file",
    ),
    path("<slug:slug>/share.png", files.share_picture, name="share_picture"),
    path("<slug:slug>.json", exports.resolution_data, name="resolution_data"),
]
