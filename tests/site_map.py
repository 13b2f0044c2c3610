"""The site as the tests walk it: every address there is, and the pages of the record there."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the URL configuration: its name with its namespace, and its whole route."""

    name: str
    route: str


def addresses() -> list[Address]:
    """Every address of the site, once; French has the same ones under /fr."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(lines: list[URLPattern | URLResolver], route: str, space: str) -> Iterator[Address]:
    for line in lines:
        here = f"{route}{line.pattern}"
        if isinstance(line, URLResolver):
            inside = f"{space}{line.namespace}:" if line.namespace else space
            yield from _walk(line.url_patterns, here, inside)
        else:
            # Redirects have no name: their route stands for it.
            yield Address(f"{space}{line.name}" if line.name else here, here)


# Pages for everybody, as the record fills them: what stands there, what is empty, what is wrong.
PAGES: dict[str, list[str]] = {
    "home": ["/"],
    "about": ["/about/"],
    "method": ["/method/"],
    "recommendations:recommendation_list": [
        "/recommendations/",
        "/recommendations/?audience=canada&status=not-assessed",
        "/recommendations/?q=genocide",
        "/recommendations/?q=zebra",
        "/recommendations/?pillar=none-such",
        "/recommendations/?addressee=prime-minister-of-canada",
    ],
    "recommendations:progress": ["/recommendations/progress/"],
    "recommendations:recommendation_compare": [
        "/recommendations/compare/",
        "/recommendations/compare/?first=canada&second=none-such",
    ],
    "recommendation_detail": [
        "/recommendations/CA-01/",
        "/recommendations/US-05/",
        "/recommendations/CS-03/",
    ],
    "recommendation_voices": [
        "/recommendations/CA-01/voices/",
        "/recommendations/US-05/voices/",
    ],
    "recommendation_commitments": ["/recommendations/CA-01/commitments/"],
    "dialogue_kit": ["/recommendations/CA-01/dialogue/"],
    "recommendations:recommendation_history": ["/recommendations/US-05/history/"],
    "recommendations:report_list": ["/recommendations/reports/"],
    "recommendations:report_detail": ["/recommendations/reports/w2i-report-2009/"],
    "recommendations:glossary": ["/glossary/"],
    "teaching": ["/recommendations/teaching/"],
    "dialogues:dialogue_list": ["/dialogues/"],
    "dialogues:dialogue_compare": [
        "/dialogues/compare/",
        "/dialogues/compare/?report=none-such",
        "/dialogues/compare/?with=vancouver-2009",
        "/dialogues/compare/?with=vancouver-2009&with=none-such",
    ],
    "dialogues:dialogue_detail": ["/dialogues/vancouver-2009/"],
    "dialogues:edition_list": ["/dialogues/vancouver-2009/editions/"],
    "dialogues:statement_list": [
        "/dialogues/vancouver-2009/statements/",
        "/dialogues/vancouver-2009/statements/?kind=idea&sector=media",
        "/dialogues/vancouver-2009/statements/?page=3",
        "/dialogues/vancouver-2009/statements/?kind=none-such",
    ],
    "dialogues:statement_detail": [
        "/dialogues/vancouver-2009/statements/HOPE-28/",
        "/dialogues/vancouver-2009/statements/CONCERN-23/",
        "/dialogues/vancouver-2009/statements/QUESTION-01/",
        "/dialogues/vancouver-2009/statements/IDEA-GOV-06/",
        "/dialogues/vancouver-2009/statements/IDEA-GOV-06a/",
    ],
    "resolutions:resolution_list": [
        "/resolutions/",
        "/resolutions/?status=adopted",
        "/resolutions/?country=none-such",
    ],
    "resolutions:region_detail": ["/resolutions/regions/CA-BC/", "/resolutions/regions/US/"],
    "resolutions:embed_map": ["/resolutions/embed/map/"],
    "resolutions:embed_counter": ["/resolutions/embed/counter/"],
    "resolutions:prepare": [
        "/resolutions/prepare/",
        "/resolutions/prepare/?q=van",
        "/resolutions/prepare/?q=zebra",
        "/resolutions/prepare/?council=toronto-on&model=city-councils-us",
    ],
    "resolutions:model_detail": [
        "/resolutions/model/city-councils-2009/",
        "/resolutions/model/conseils-municipaux-fr/",
        "/resolutions/model/city-councils-us/",
        "/resolutions/model/associations-ca/",
    ],
    "resolutions:resolution_detail": ["/resolutions/vancouver-bc-2010/"],
    "resolutions:association_list": ["/resolutions/associations/"],
    "council_list": ["/councils/", "/councils/?q=zebra"],
    "council_detail": ["/councils/vancouver-bc/"],
    "search": [
        "/search/",
        "/search/?q=rwanda",
        "/search/?q=zebra",
        "/search/?q=prevention&kind=statement",
        "/search/?q=" + "z" * 300,
    ],
    "activity": ["/activity/"],
    "account_login": ["/accounts/login/"],
    "account_reset_password": ["/accounts/password/reset/"],
    "account_reset_password_done": ["/accounts/password/reset/done/"],
    "account_reset_password_from_key_done": ["/accounts/password/reset/key/done/"],
    "account_reset_password_from_key": ["/accounts/password/reset/key/1-none-such/"],
}
# For everybody as well, and no pages.
FILES: dict[str, str] = {
    "healthz": "/healthz",
    "robots": "/robots.txt",
    "sitemap": "/sitemap.xml",
    "activity_feed": "/activity.atom",
    "recommendations:citation": "/recommendations/US-05.bib",
    "recommendations:share_picture": "/recommendations/US-05/share.png",
    "teaching_sheet": "/recommendations/teaching/enabling-leadership.pdf",
    "recommendations:recommendations_csv": "/recommendations.csv",
    "recommendations:recommendations_xlsx": "/recommendations.xlsx",
    "recommendations:recommendations_json": "/recommendations.json",
    "recommendations:recommendations_atom": "/recommendations.atom",
    "recommendations:recommendation_atom": "/recommendations/US-05.atom",
    "resolutions:resolution_data": "/resolutions/vancouver-bc-2010.json",
    "resolutions_csv": "/resolutions.csv",
    "resolutions_json": "/resolutions.json",
    "resolutions_geojson": "/resolutions.geojson",
    "resolutions_popolo": "/resolutions.popolo.json",
    "resolutions_atom": "/resolutions.atom",
    "resolutions_ics": "/resolutions.ics",
}
