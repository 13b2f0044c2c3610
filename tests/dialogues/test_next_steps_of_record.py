"""The next steps of the record of 2009, and databases that were loaded when they were a text."""

import pytest
from django.core.management import call_command

from dialogues.models import Dialogue, NextStep, Section, SectionKind
from recommendations.models import RecordRow
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]


def _of_record() -> list[NextStep]:
    return list(NextStep.objects.filter(dialogue__slug="vancouver-2009").select_related("owner"))


def _as_before() -> Section:
    """A database that was loaded when next steps were a text of the report."""
    after = RecordRow.objects.get(model="dialogues.Section", key__endswith="-follow-up")
    number = int(after.key.split("/")[1][:2]) - 1
    body = "\n".join(f"- {step.text}" for step in _of_record())
    NextStep.objects.all().delete()
    RecordRow.objects.filter(model="dialogues.NextStep").delete()
    dialogue = Dialogue.objects.get(slug="vancouver-2009")
    values = {"kind": SectionKind.NEXT_STEPS.value, "order": number, "body": body}
    section: Section = factories.SectionFactory(dialogue=dialogue, heading="", **values)
    RecordRow.objects.create(
        model="dialogues.Section",
        key=f"vancouver-2009/{number:02}-next-steps",
        object_id=section.pk,
        values={"dialogue": dialogue.pk, **values},
    )
    return section


def test_next_steps_stand_as_the_report_says_them_and_nothing_is_added() -> None:
    told = [(str(step.owner or ""), step.due_on, step.state) for step in _of_record()]

    assert told == [("", None, ""), ("Professor Frank Chalk", None, "")]
    assert not Section.objects.filter(kind=SectionKind.NEXT_STEPS).exists()


def test_what_was_loaded_as_one_text_before_is_replaced() -> None:
    section = _as_before()

    call_command("load_record", verbosity=0)

    assert not Section.objects.filter(pk=section.pk).exists()
    assert len(_of_record()) == 2
    assert Section.objects.filter(kind=SectionKind.FOLLOW_UP).count() == 1


def test_what_an_editor_wrote_instead_stays_alone() -> None:
    section = _as_before()
    section.body = "- What an editor wrote"
    section.save()

    for _n in range(2):
        call_command("load_record", verbosity=0)

    assert Section.objects.filter(pk=section.pk).exists()
    assert _of_record() == []
