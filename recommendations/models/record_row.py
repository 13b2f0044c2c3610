"""What the loader wrote last, so that it can tell an editor's hand from its own."""

from django.db import models


class RecordRow(models.Model):
    """One object the record was loaded into, with the values it was given then.

    A field that now differs from ``values`` was changed by hand, and the loader leaves it alone.
    """

    model = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    object_id = models.BigIntegerField()
    values = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "key"], name="record_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"
