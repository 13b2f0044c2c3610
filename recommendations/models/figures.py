"""How many recommendations stood where at the end of each year, kept beside the findings."""

from django.db import models

from recommendations.models.progress import Status
from recommendations.models.recommendation import Audience
from recommendations.models.report import Report


class YearFigure(models.Model):
    """How many public recommendations of a report and an audience had a status at a year's end.

    Written anew for a report whenever a finding of it is published, corrected or retracted, so that
    a chart over seventeen years reads some hundred rows and no findings. Of the current year the
    figure is that of today.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="year_figures")
    audience = models.ForeignKey(Audience, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=Status)
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "audience", "year", "status"], name="year_figure_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.year} {self.status}: {self.n}"
