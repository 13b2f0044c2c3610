"""The history of a row: who changed what, with a readable difference."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import ModelChange
from simple_history.template_utils import HistoricalRecordContextHelper


class ReadableChange(HistoricalRecordContextHelper):
    """Whole values: a reader of a difference wants the words around it."""

    def __init__(self, model: type[Model], historical_record: Any) -> None:
        super().__init__(model, historical_record, max_displayed_delta_change_chars=4_000)

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        field = self.model._meta.get_field(change.field)
        if not field.is_relation and getattr(field, "choices", None):
            return dict(field.flatchoices).get(value, value)
        value = super().prepare_delta_change_value(change, value)
        if isinstance(value, list):
            return ", ".join(sorted(str(item) for item in value)) or "–"
        return "–" if value in ("", None) else value


class WithHistory(SimpleHistoryAdmin):
    """Who changed what, for those who may change it. Nothing goes back by itself.

    The library's page for one old version is left out: saving it would write over text of record.
    """

    history_list_per_page = 30
    # Figures kept beside the rows they count: not what anybody did.
    history_silent = frozenset({"id", "counts", "status_on"})

    def get_urls(self) -> list[URLPattern]:
        return [url for url in super().get_urls() if "simple_history" not in (url.name or "")]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.get_object(request, unquote(object_id)) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return super().history_view(request, object_id, extra_context)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_view_history_or_change_history_permission(
        self, request: HttpRequest, obj: Any = None
    ) -> bool:
        return self.has_change_permission(request, obj)

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True
    ) -> None:
        """Say what each line changed, the last of a page and what verbs wrote included.

        The library leaves out what no form edits: when and by whom a row was made public.
        """
        lines = list(historical_records)
        if lines and lines[-1].history_type == "~" and (older := lines[-1].prev_record):
            lines.append(older)
        for line, older in pairwise(lines):
            delta = line.diff_against(older, foreign_keys_are_objs=foreign_keys_are_objs)
            delta = replace(delta, changes=[*delta.changes, *self._by_verbs(line, older)])
            helper = self.get_historical_record_context_helper(request, line)
            line.history_delta_changes = helper.context_for_delta_changes(delta)

    def _by_verbs(self, line: Any, older: Any) -> list[ModelChange]:
        """What changed in fields that no form edits. Who did it, the line says by itself."""
        return [
            ModelChange(field.name, old, new)
            for field in line.tracked_fields
            if not (field.editable or field.is_relation or field.name in self.history_silent)
            and (old := getattr(older, field.attname)) != (new := getattr(line, field.attname))
        ]

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> HistoricalRecordContextHelper:
        return ReadableChange(self.model, historical_record)
