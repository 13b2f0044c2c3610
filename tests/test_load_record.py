"""Loading the record: once, again, after an editor's hand, and from broken files."""

import re
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dialogues.loading
import recommendations.loading
import resolutions.loading
from accounts.models import User
from dialogues.models import Contribution, ContributionKind
from recommendations.models import (
    Addressee,
    Entry,
    EntryKind,
    ProgressUpdate,
    Recommendation,
    Report,
    Source,
    Status,
    Term,
    one_refresh,
)
from recommendations.record import Loader, RecordProblem
from resolutions.models import Clause, Council, Instrument, Resolution, StepKind

LOADERS: dict[str, Callable[[Loader, Path], None]] = {
    "recommendations": recommendations.loading.load,
    "dialogues": dialogues.loading.load,
    "resolutions": resolutions.loading.load,
}
FOLDERS = {name: Path(__file__).parents[1] / name / "data" for name in LOADERS}


def load() -> str:
    out = StringIO()
    call_command("load_record", stdout=out, stderr=StringIO())
    return out.getvalue()


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours, to compare."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for name in ("accounts", *LOADERS)
        for model in apps.get_app_config(name).get_models()
    }


pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("record")
class TestLoaded:
    def test_the_counts_of_the_record_are_all_there(self) -> None:
        by_kind = dict(
            Contribution.objects.filter(part_of=None)
            .order_by()
            .values_list("kind")
            .annotate(n=models.Count("pk"))
        )

        assert by_kind == {
            ContributionKind.HOPE: 29,
            ContributionKind.CONCERN: 37,
            ContributionKind.QUESTION: 5,
            ContributionKind.RESERVATION: 7,
            ContributionKind.IDEA: 43,
            ContributionKind.COMMITMENT: 8,
        }
        assert Contribution.objects.exclude(part_of=None).count() == 7
        assert Recommendation.objects.count() == 25
        assert Addressee.objects.count() == 16
        assert Term.objects.count() == 29
        assert dict(
            Clause.objects.order_by().values_list("model__slug").annotate(n=models.Count("pk"))
        ) == {
            "city-councils-2009": 15,
            "conseils-municipaux-fr": 15,
            "city-councils-us": 19,
            "associations-ca": 3,
            "associations-ca-fr": 3,
            "associations-us": 3,
        }

    def test_evidence_is_published_with_its_sources_and_sets_the_status(self) -> None:
        assert ProgressUpdate.objects.public().count() == 7
        assert not ProgressUpdate.objects.filter(sources=None).exists()
        assert Source.objects.filter(publisher="").count() == 0
        statuses = dict(
            Recommendation.objects.exclude(status=Status.NOT_ASSESSED).values_list("code", "status")
        )
        assert statuses == {
            "US-01": Status.IN_PLACE,
            "US-05": Status.IN_PLACE,
            "US-09": Status.PARTLY_IN_PLACE,
            "US-10": Status.PARTLY_IN_PLACE,
        }

    def test_the_four_cities_are_proclamations_with_a_verified_step(self) -> None:
        rows = Resolution.objects.public().values_list("council__name", "instrument", "status")

        assert set(rows) == {
            (name, Instrument.PROCLAMATION, StepKind.PROCLAIMED)
            for name in ("Vancouver", "Calgary", "Toronto", "Ottawa")
        }
        for resolution in Resolution.objects.all():
            step = resolution.steps.get()
            assert step.verified_at is not None
            assert step.sources.exists()

    def test_everything_public_can_be_found(self) -> None:
        counts = dict(Entry.objects.order_by().values_list("kind").annotate(n=models.Count("pk")))

        assert counts == {
            EntryKind.RECOMMENDATION: 25,
            EntryKind.UPDATE: 7,
            EntryKind.TERM: 29,
            EntryKind.DIALOGUE: 1,
            EntryKind.STATEMENT: 136,
            EntryKind.MODEL: 6,
            EntryKind.RESOLUTION: 4,
            EntryKind.STEP: 4,
            EntryKind.COUNCIL: 5,
            EntryKind.REPORT: 1,
        }

    def test_loading_again_changes_nothing(self) -> None:
        before = everything()

        said = load()

        assert everything() == before
        assert not re.search(r"[1-9]\d* (created|updated)", said)
        assert "recommendations: 0 created, 0 updated, 25 left" in said

    def test_what_an_editor_changed_is_left_and_said(self) -> None:
        Report.objects.update(goal="Put better by an editor")
        Term.objects.get(slug="soft-power").recommendations.clear()

        said = load()

        assert Report.objects.get().goal == "Put better by an editor"
        assert Term.objects.get(slug="soft-power").recommendations.count() == 0
        assert "report w2i-report-2009: goal was changed by hand, left so" in said
        assert "term soft-power: recommendations was changed by hand, left so" in said

    def test_what_an_editor_withdrew_stays_withdrawn(self, editor: User) -> None:
        statement = Contribution.objects.get(code="HOPE-25")
        statement.withdraw(by=editor)

        load()

        statement.refresh_from_db()
        assert statement.state == "withdrawn"

    def test_what_an_editor_deleted_stays_deleted_with_all_below_it(self) -> None:
        Contribution.objects.get(code="QUESTION-03").delete()
        Council.objects.get(slug="ottawa-on").resolutions.get().steps.get().delete()
        Resolution.objects.get(slug="ottawa-on-2012").delete()

        said = load()

        assert not Contribution.objects.filter(code="QUESTION-03").exists()
        assert not Resolution.objects.filter(slug="ottawa-on-2012").exists()
        assert "statement vancouver-2009/QUESTION-03: removed by an editor, left so" in said

    def test_a_new_word_of_the_record_reaches_what_no_editor_touched(self, tmp_path: Path) -> None:
        folders = copies(tmp_path)
        file = folders["recommendations"] / "recommendations.yaml"
        file.write_text(
            file.read_text().replace(
                "short_title: Will to Intervene report", "short_title: W2I report"
            )
        )

        loader = load_from(folders)

        assert Report.objects.get().short_title == "W2I report"
        assert loader.counts["reports"].updated == 1
        assert loader.kept == []

    def test_a_broken_file_says_where_and_changes_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folders = copies(tmp_path)
        file = folders["resolutions"] / "adoptions.yaml"
        lines = file.read_text().split("\n")
        line = next(n for n, text in enumerate(lines, 1) if "instrument:" in text)
        lines[line - 1] = "    instrument: wish"
        file.write_text("\n".join(lines))
        Report.objects.all().update(website="https://changed.example.org")
        before = everything()
        monkeypatch.setattr(resolutions.loading.load, "__defaults__", (folders["resolutions"],))

        with pytest.raises(CommandError) as error:
            call_command("load_record", stdout=StringIO(), stderr=StringIO())

        assert str(error.value).startswith(
            f"adoptions.yaml, line {line}, instrument: must be one of"
        )
        assert str(error.value).endswith("Nothing was changed.")
        assert everything() == before

    @pytest.mark.parametrize(
        ("name", "file"),
        [
            ("recommendations", "recommendations.yaml"),
            ("dialogues", "vancouver-2009.yaml"),
            ("resolutions", "model-resolution.yaml"),
        ],
    )
    def test_a_language_nobody_translates_is_named_with_its_line(
        self, name: str, file: str, tmp_path: Path
    ) -> None:
        folders = copies(tmp_path)
        path = folders[name] / file
        lines = path.read_text().split("\n")
        at = next(n for n, line in enumerate(lines) if re.match(r"\s*language: *en", line))
        path.write_bytes(_value(lines, at, "english"))

        with pytest.raises(RecordProblem) as error:
            load_from(folders)

        assert (error.value.line, error.value.name) == (at + 1, "language")

    @pytest.mark.parametrize(
        ("without", "name"), [("parent: CA", "parent"), ("kind: country", "kind")]
    )
    def test_a_jurisdiction_that_lacks_a_line_is_named_with_it(
        self, without: str, name: str, tmp_path: Path
    ) -> None:
        folders = copies(tmp_path)
        path = folders["resolutions"] / "jurisdictions.yaml"
        path.write_text(re.sub(rf"\n *{without}\n", "\n", path.read_text(), count=1))

        with pytest.raises(RecordProblem) as error:
            load_from(folders)

        assert (error.value.file.name, error.value.name) == ("jurisdictions.yaml", name)

    def test_what_the_database_refuses_is_named_with_its_line(self, tmp_path: Path) -> None:
        folders = copies(tmp_path)
        path = folders["resolutions"] / "model-resolution.yaml"
        text = path.read_text()
        assert "occurrences: 1" in text
        path.write_text(text.replace("occurrences: 1", "occurrences: 0", 1))

        with pytest.raises(RecordProblem) as error:
            load_from(folders)

        assert "occurrences" in error.value.name
        assert error.value.line > 1

    @settings(
        # Each loads nearly all of the record. What breaks is found on either database.
        max_examples=15 if connection.vendor == "sqlite" else 5,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data())
    def test_any_broken_record_leaves_the_database_as_it_was(
        self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        folders = copies(tmp_path_factory.mktemp("record"))
        files = sorted(path for folder in folders.values() for path in folder.iterdir())
        file = data.draw(st.sampled_from(files), label="file")
        lines = file.read_text().split("\n")
        at = data.draw(st.integers(0, len(lines) - 1), label="line")
        how = data.draw(st.sampled_from(sorted(BREAKS)), label="how")
        file.write_bytes(BREAKS[how](lines, at))
        before = everything()

        try:
            with one_refresh():
                load_from(folders)
                # Some breaks leave a valid record. Undo what it loaded, to compare all the same.
                raise Harmless
        except RecordProblem as problem:
            said = problem
        except Harmless:
            said = None

        assert everything() == before
        assert said is None or (said.line >= 1 and said.name and said.reason)


class Harmless(Exception):
    pass


def _value(lines: list[str], at: int, value: str) -> bytes:
    key = re.match(r"\s*(?:- )?[\w]+:", lines[at])
    changed = f"{key.group()} {value}" if key else value
    return "\n".join([*lines[:at], changed, *lines[at + 1 :]]).encode()


BREAKS: dict[str, Callable[[list[str], int], bytes]] = {
    "line left out": lambda lines, at: "\n".join(lines[:at] + lines[at + 1 :]).encode(),
    "line twice": lambda lines, at: "\n".join(lines[: at + 1] + lines[at:]).encode(),
    "cut short": lambda lines, at: "\n".join(lines[:at]).encode(),
    "value gone": lambda lines, at: _value(lines, at, ""),
    "value a number": lambda lines, at: _value(lines, at, "12"),
    "value a huge number": lambda lines, at: _value(lines, at, "9" * 40),
    "value a list": lambda lines, at: _value(lines, at, "[[], {a: b}]"),
    "value a mapping": lambda lines, at: _value(lines, at, "{a: b}"),
    "value very long": lambda lines, at: _value(lines, at, "x" * 5000),
    "value unknown": lambda lines, at: _value(lines, at, "no-such-thing"),
    "bad bytes": lambda lines, at: "\n".join(lines).encode()[: at * 20] + b"\xff\xfe\x00",
    "NUL": lambda lines, at: _value(lines, at, '"a\\0b"'),
}


def copies(folder: Path) -> dict[str, Path]:
    return {name: Path(shutil.copytree(path, folder / name)) for name, path in FOLDERS.items()}


def load_from(folders: dict[str, Path]) -> Loader:
    with one_refresh():
        loader = Loader(by=User.objects.keeper("record"))
        for name, load_app in LOADERS.items():
            load_app(loader, folders[name])
    return loader
