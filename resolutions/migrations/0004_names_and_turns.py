"""Fill what new columns repeat: names as they are looked for, and what a step turned."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from resolutions.models.council import searchable


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    council_model = apps.get_model("resolutions", "Council")
    rows = list(council_model.objects.only("pk", "name"))
    for council in rows:
        council.search_name = searchable(council.name)
    council_model.objects.bulk_update(rows, ["search_name"], batch_size=500)

    step_model = apps.get_model("resolutions", "Step")
    adopts = {"adopted", "amended", "signed", "overridden"}
    turns: dict[int, list[int]] = {1: [], -1: []}
    in_force: dict[int, bool] = {}
    steps = step_model.objects.filter(verified_at__isnull=False).order_by("resolution", "on", "id")
    for pk, of, kind in steps.values_list("pk", "resolution", "kind"):
        # As ``StepQuerySet.note_turns``: whatever else is verified ends that it is in force.
        if turn := (kind in adopts) - in_force.get(of, False):
            turns[turn].append(pk)
        in_force[of] = kind in adopts
    for turn, ids in turns.items():
        for start in range(0, len(ids), 500):
            step_model.objects.filter(pk__in=ids[start : start + 500]).update(turn=turn)


class Migration(migrations.Migration):
    dependencies = [("resolutions", "0003_prepare_submit_track_deliver")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
