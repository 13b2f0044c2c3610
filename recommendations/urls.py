"""Addresses of the recommendations. The page of one joins several apps: see w2i/urls.py."""

from django.urls import include, path, re_path

from recommendations import views
from recommendations.views import (
    comparing,
    evidence,
    exports,
    following,
    letters,
    progress,
    report_desk,
    reports,
    single,
)

app_name = "recommendations"
urlpatterns = [
    path("recommendations/", views.recommendation_list, name="recommendation_list"),
    path("recommendations/progress/", progress.progress, name="progress"),
    path(
        "recommendations/compare/",
        comparing.recommendation_compare,
        name="recommendation_compare",
    ),
    path("recommendations.csv", exports.recommendations_csv, name="recommendations_csv"),
    path("recommendations.xlsx", exports.recommendations_xlsx, name="recommendations_xlsx"),
    path("recommendations.json", exports.recommendations_json, name="recommendations_json"),
    path("recommendations.atom", exports.recommendations_atom, name="recommendations_atom"),
    re_path(
        r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})\.atom$",
        exports.recommendation_atom,
        name="recommendation_atom",
    ),
    path("recommendations/desk/", include("recommendations.desk_urls")),
    re_path(
        r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/letter/$",
        letters.letter,
        name="letter",
    ),
    re_path(
        r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/letter\.pdf$",
        letters.letter_pdf,
        name="letter_pdf",
    ),
    path("recommendations/desk/evidence/", evidence.evidence_list, name="evidence_list"),
    path(
        "recommendations/desk/evidence/<int:pk>/", evidence.evidence_review, name="evidence_review"
    ),
    path("recommendations/evidence/<slug:key>/", evidence.evidence_detail, name="evidence_detail"),
    re_path(
        r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/evidence/$",
        evidence.evidence_send,
        name="evidence_send",
    ),
    re_path(
        r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/history/$",
        single.recommendation_history,
        name="recommendation_history",
    ),
    re_path(
        r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/share\.png$",
        single.share_picture,
        name="share_picture",
    ),
    re_path(
        r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})\.(?P<form>bib|ris)$",
        single.citation,
        name="citation",
    ),
    path("recommendations/reports/", reports.report_list, name="report_list"),
    path("recommendations/reports/<slug:slug>/", reports.report_detail, name="report_detail"),
    path("recommendations/desk/reports/", report_desk.report_desk, name="report_desk"),
    path("recommendations/desk/reports/new/", report_desk.report_new, name="report_new"),
    path("recommendations/desk/reports/<slug:slug>/", report_desk.report_plan, name="report_plan"),
    path(
        "recommendations/desk/reports/<slug:slug>/facts/",
        report_desk.report_change,
        name="report_change",
    ),
    path(
        "recommendations/desk/reports/<slug:slug>/parts/",
        report_desk.report_parts,
        name="report_parts",
    ),
    path(
        "recommendations/desk/reports/<slug:slug>/import/",
        report_desk.report_import,
        name="report_import",
    ),
    path(
        "recommendations/desk/reports/<slug:slug>/list.csv",
        report_desk.report_sample,
        name="report_sample",
    ),
    path(
        "recommendations/desk/reports/<slug:slug>/publish/",
        report_desk.report_publish,
        name="report_publish",
    ),
    path(
        "recommendations/desk/reports/<slug:slug>/withdraw/",
        report_desk.report_withdraw,
        name="report_withdraw",
    ),
    path("recommendations/follow/", following.follow, name="follow"),
    re_path(
        r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/follow/$",
        following.recommendation_follow,
        name="recommendation_follow",
    ),
    path("following/<str:token>/", following.following_page, name="following"),
    path("following/<str:token>/leave/", following.following_leave, name="following_leave"),
    path("following/<str:token>/never/", following.following_never, name="following_never"),
    path("glossary/", views.glossary, name="glossary"),
]
