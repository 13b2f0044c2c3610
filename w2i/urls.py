"""The site map. Paths are a contract: links, feeds and other people's programs depend on them."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from dialogues.views import commitments
from resolutions.views import councils, exports
from w2i.pages import feeds, preparing, recommendation, teaching, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("about/", views.about, name="about"),
        path("method/", views.method, name="method"),
        re_path(
            r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/$",
            recommendation.recommendation_detail,
            name="recommendation_detail",
        ),
        re_path(
            r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/voices/$",
            recommendation.recommendation_voices,
            name="recommendation_voices",
        ),
        re_path(
            r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/commitments/$",
            recommendation.recommendation_commitments,
            name="recommendation_commitments",
        ),
        re_path(
            r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/dialogue/$",
            recommendation.dialogue_kit,
            name="dialogue_kit",
        ),
        re_path(
            r"^recommendations/(?P<code>[A-Za-z]{2,4}-[0-9]{2,4})/commit/$",
            commitments.commitment_new,
            name="commitment_new",
        ),
        path("recommendations/teaching/", teaching.teaching, name="teaching"),
        path(
            "recommendations/teaching/<slug:pillar>.pdf",
            teaching.teaching_sheet,
            name="teaching_sheet",
        ),
        path("", include("recommendations.urls")),
        path("commitments/", include("dialogues.commitment_urls")),
        path("dialogues/", include("dialogues.urls")),
        path("join/", include("dialogues.join_urls")),
        path(
            "resolutions/prepare/<slug:key>/<slug:document>.<slug:format>",
            preparing.preparation_file,
            name="preparation_file",
        ),
        path("resolutions/", include("resolutions.urls")),
        path("councils/", councils.council_list, name="council_list"),
        path("councils/<slug:slug>/", councils.council_detail, name="council_detail"),
        path("search/", views.search, name="search"),
        path("activity/", views.activity, name="activity"),
        path("activity.atom", feeds.ActivityFeed(), name="activity_feed"),
        path("resolutions.csv", exports.resolutions_csv, name="resolutions_csv"),
        path("resolutions.json", exports.resolutions_json, name="resolutions_json"),
        path("resolutions.geojson", exports.resolutions_geojson, name="resolutions_geojson"),
        path("resolutions.popolo.json", exports.resolutions_popolo, name="resolutions_popolo"),
        path("resolutions.atom", exports.resolutions_atom, name="resolutions_atom"),
        path("resolutions.ics", exports.resolutions_ics, name="resolutions_ics"),
        path("accounts/", include("accounts.urls")),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]

handler400 = "w2i.pages.views.bad_request"
handler403 = "w2i.pages.views.permission_denied"
handler404 = "w2i.pages.views.page_not_found"
handler500 = "w2i.pages.views.server_error"
