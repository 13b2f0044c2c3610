"""Loading the record where an editor was first."""

from io import StringIO

import pytest
from django.core.management import call_command

from dialogues.models import Dialogue
from recommendations.models import Report

pytestmark = pytest.mark.django_db


def test_a_row_made_by_hand_before_the_first_load_is_left() -> None:
    report = Report.objects.create(
        slug="w2i-report-2009",
        title="Written by hand",
        publisher="Somebody",
        released="2009-09-01",
    )
    out = StringIO()

    call_command("load_record", stdout=out, stderr=StringIO())

    report.refresh_from_db()
    assert report.title == "Written by hand"
    assert "report w2i-report-2009: title was changed by hand, left so" in out.getvalue()
    assert Dialogue.objects.get().report == report
