"""Addresses of the recommendations. The page of one joins several apps: see w2i/urls.py."""

from django.urls import path, re_path

from recommendations import views
from recommendations.views import evidence, letters, single

app_name = "recommendations"
urlpatterns = [
    path("recommendations/", views.recommendation_list, name="recommendation_list"),
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
    path("glossary/", views.glossary, name="glossary"),
]
