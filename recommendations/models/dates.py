"""Dates that are known to the day, the month or the year."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")


def precision_field() -> models.CharField:
    return models.CharField(
        _("known to the"), max_length=5, choices=Precision, default=Precision.DAY
    )


def precision_is_known(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": Precision.values}), name=name
    )
