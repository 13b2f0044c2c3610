"""Which pages search engines are told of."""

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db import models
from django.urls import reverse

from dialogues.models import Dialogue
from recommendations.models import Recommendation, Report
from resolutions.models import Council, Jurisdiction, ModelResolution, Resolution


class _BothLanguages(Sitemap):
    i18n = True
    alternates = True
    protocol = None

    def get_domain(self, site: Any = None) -> str:
        return str(super().get_domain(site))


class Fixed(_BothLanguages):
    def items(self) -> list[str]:
        return [
            "home",
            "about",
            "method",
            "recommendations:recommendation_list",
            "recommendations:report_list",
            "recommendations:progress",
            "recommendations:recommendation_compare",
            "recommendations:glossary",
            "teaching",
            "dialogues:dialogue_list",
            "dialogues:dialogue_compare",
            "resolutions:resolution_list",
            "council_list",
            "activity",
        ]

    def location(self, item: str) -> str:
        return reverse(item)


class _Rows(_BothLanguages):
    rows: models.QuerySet[Any]

    def items(self) -> models.QuerySet[Any]:
        return self.rows.all()

    def lastmod(self, item: Any) -> datetime | None:
        return getattr(item, "published_at", None)


class Statements(_Rows):
    """The statements of each dialogue, as one list."""

    rows = Dialogue.objects.public().filter(is_demo=False).order_by("pk")

    def location(self, item: Dialogue) -> str:
        return reverse("dialogues:statement_list", args=[item.slug])


def _rows(queryset: models.QuerySet[Any]) -> type[_Rows]:
    return type("Rows", (_Rows,), {"rows": queryset})


# Demonstration data is nobody's to find.
SITEMAPS: dict[str, type[Sitemap] | Sitemap] = {
    "pages": Fixed,
    "recommendations": _rows(Recommendation.objects.public().filter(is_demo=False).order_by("pk")),
    "reports": _rows(Report.objects.public().filter(is_demo=False, is_front=False).order_by("pk")),
    "dialogues": _rows(Dialogue.objects.public().filter(is_demo=False).order_by("pk")),
    "statements": Statements,
    "models": _rows(ModelResolution.objects.public().filter(is_demo=False).order_by("pk")),
    "resolutions": _rows(Resolution.objects.public().filter(is_demo=False).order_by("pk")),
    "regions": _rows(Jurisdiction.objects.order_by("pk")),
    "councils": _rows(Council.objects.on_record().filter(is_demo=False).order_by("pk")),
}
