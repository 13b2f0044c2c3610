from django.db import migrations, models


def tell_from_reasons(apps, schema_editor):
    """What was merged, and not as a duplicate, has its words in the other where that was changed."""
    contribution = apps.get_model("dialogues", "Contribution")
    merged = contribution.objects.filter(replaced_by__revision__gt=1)
    through = contribution.words_of.through
    through.objects.bulk_create(
        through(from_contribution_id=kept, to_contribution_id=other)
        for other, kept in merged.exclude(reason__in=["duplicate", "doublon"]).values_list(
            "pk", "replaced_by"
        )
    )


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="contribution",
            name="words_of",
            field=models.ManyToManyField(
                blank=True,
                editable=False,
                related_name="words_in",
                to="dialogues.contribution",
                verbose_name="holds words of",
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="stage",
            field=models.BigIntegerField(default=1, verbose_name="version of what is on"),
        ),
        migrations.RunPython(tell_from_reasons, migrations.RunPython.noop),
    ]
