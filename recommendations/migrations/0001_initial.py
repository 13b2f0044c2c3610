import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

# The full-text index beside the table of entries, in each database's own way.
#
# A later migration that makes SQLite rebuild ``recommendations_entry`` drops its triggers: run
# ``create`` again after it. tests/recommendations/test_search.py notices.
SQLITE = [
    """
    CREATE VIRTUAL TABLE recommendations_entry_words USING fts5(
        kind, title_stems, text_stems,
        content='recommendations_entry', content_rowid='id', tokenize='unicode61',
        prefix='3 4 5 6'
    )
    """,
    """
    CREATE TRIGGER recommendations_entry_words_insert AFTER INSERT ON recommendations_entry BEGIN
        INSERT INTO recommendations_entry_words(rowid, kind, title_stems, text_stems)
        VALUES (new.id, new.kind, new.title_stems, new.text_stems);
    END
    """,
    """
    CREATE TRIGGER recommendations_entry_words_delete AFTER DELETE ON recommendations_entry BEGIN
        INSERT INTO recommendations_entry_words(
            recommendations_entry_words, rowid, kind, title_stems, text_stems
        ) VALUES ('delete', old.id, old.kind, old.title_stems, old.text_stems);
    END
    """,
    """
    CREATE TRIGGER recommendations_entry_words_update AFTER UPDATE ON recommendations_entry BEGIN
        INSERT INTO recommendations_entry_words(
            recommendations_entry_words, rowid, kind, title_stems, text_stems
        ) VALUES ('delete', old.id, old.kind, old.title_stems, old.text_stems);
        INSERT INTO recommendations_entry_words(rowid, kind, title_stems, text_stems)
        VALUES (new.id, new.kind, new.title_stems, new.text_stems);
    END
    """,
]
# The groups of a page of results, each with an index of its own: to look for one kind never reads
# another's.
KINDS = (
    "recommendation",
    "update",
    "term",
    "dialogue",
    "statement",
    "model",
    "resolution",
    "step",
    "council",
    "report",
)
POSTGRESQL = [
    """
    ALTER TABLE recommendations_entry ADD COLUMN words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title_stems), 'A')
        || setweight(to_tsvector('simple', text_stems), 'D')
    ) STORED
    """,
    *(
        f"CREATE INDEX recommendations_entry_words_{kind} ON recommendations_entry"
        f" USING gin (words) WHERE kind = '{kind}'"
        for kind in KINDS
    ),
]


def create(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in SQLITE if vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER recommendations_entry_words_{name}")
        schema_editor.execute("DROP TABLE recommendations_entry_words")
    else:
        schema_editor.execute("ALTER TABLE recommendations_entry DROP COLUMN words")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Abbreviation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('abbreviation', models.CharField(max_length=20, unique=True, verbose_name='abbreviation')),
                ('expansion', models.CharField(max_length=200, verbose_name='expansion')),
                ('expanded_in_source', models.BooleanField(help_text='Otherwise the expansion is ours.', verbose_name='spelled out in the source')),
            ],
            options={
                'verbose_name': 'abbreviation',
                'verbose_name_plural': 'abbreviations',
                'ordering': ['abbreviation'],
            },
        ),
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('slug', models.SlugField(max_length=40, unique=True, verbose_name='short address')),
                ('code_prefix', models.CharField(max_length=4, unique=True, verbose_name='code prefix')),
                ('heading', models.CharField(blank=True, help_text='As the report prints it.', max_length=200, verbose_name='heading of record')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
            ],
            options={
                'verbose_name': 'audience',
                'verbose_name_plural': 'audiences',
                'ordering': ['order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PageVersion',
            fields=[
                ('topic', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Pillar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('slug', models.SlugField(max_length=40, unique=True, verbose_name='short address')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
            ],
            options={
                'verbose_name': 'pillar',
                'verbose_name_plural': 'pillars',
                'ordering': ['order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Addressee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='short address')),
                ('kind', models.CharField(choices=[('office', 'Office'), ('government', 'Government'), ('legislature', 'Legislature'), ('members-of-a-legislature', 'Members of a legislature'), ('department', 'Department'), ('proposed-body', 'Body that is asked for'), ('group', 'Group')], max_length=30, verbose_name='kind')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
            ],
            options={
                'verbose_name': 'addressee',
                'verbose_name_plural': 'addressees',
                'ordering': ['order', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['office', 'government', 'legislature', 'members-of-a-legislature', 'department', 'proposed-body', 'group'])), name='addressee_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('recommendation', 'Recommendations'), ('update', 'Progress'), ('term', 'Glossary'), ('dialogue', 'Dialogues'), ('statement', 'Statements'), ('model', 'Model resolutions'), ('resolution', 'Resolutions and proclamations'), ('step', 'Steps of councils and mayors'), ('council', 'Councils'), ('report', 'Reports')], max_length=20)),
                ('object_id', models.BigIntegerField()),
                ('path', models.CharField(max_length=300)),
                ('language', models.CharField(max_length=10)),
                ('title', models.TextField(blank=True)),
                ('title_language', models.CharField(max_length=10)),
                ('title_translation', models.TextField(blank=True)),
                ('text', models.TextField(blank=True)),
                ('text_translation', models.TextField(blank=True)),
                ('label', models.CharField(blank=True, max_length=300)),
                ('label_fr', models.CharField(blank=True, max_length=300)),
                ('state', models.CharField(blank=True, max_length=30)),
                ('form', models.CharField(blank=True, max_length=30)),
                ('on', models.DateField(null=True)),
                ('on_precision', models.CharField(default='day', max_length=5)),
                ('is_activity', models.BooleanField(default=False)),
                ('is_demo', models.BooleanField(default=False)),
                ('title_stems', models.TextField(blank=True)),
                ('text_stems', models.TextField(blank=True)),
            ],
            options={
                'verbose_name': 'entry',
                'verbose_name_plural': 'entries',
                'indexes': [models.Index(condition=models.Q(('is_activity', True)), fields=['-on', '-id'], name='entry_activity')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'object_id'), name='entry_once_a_thing'), models.CheckConstraint(condition=models.Q(('is_activity', False), ('on__isnull', False), _connector='OR'), name='entry_activity_has_a_date')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalRecommendation',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('code', models.CharField(db_index=True, max_length=12, validators=[django.core.validators.RegexValidator('^[A-Z]{2,4}-\\d{2,4}$', 'Write it as two letters and a number: CA-02.')], verbose_name='code')),
                ('order', models.PositiveIntegerField(default=1, verbose_name='order')),
                ('text', models.TextField(help_text='As the report prints it. Read-only once published.', verbose_name='text of record')),
                ('translation', models.TextField(blank=True, help_text='In the site’s other language. Shown as a translation, beside the original.', verbose_name='translation')),
                ('provenance', models.JSONField(blank=True, default=dict, help_text='What was repaired in the scan.', verbose_name='provenance')),
                ('status', models.CharField(choices=[('not-assessed', 'Not yet assessed'), ('no-action-found', 'No action found'), ('under-way', 'Under way'), ('stalled', 'Stalled'), ('partly-in-place', 'Partly in place'), ('in-place', 'In place'), ('undone-since', 'Undone since')], default='not-assessed', editable=False, max_length=20, verbose_name='status')),
                ('status_on', models.DateField(editable=False, null=True, verbose_name='status as of')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration data')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('audience', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recommendations.audience', verbose_name='audience')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('pillar', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recommendations.pillar', verbose_name='pillar')),
            ],
            options={
                'verbose_name': 'historical recommendation',
                'verbose_name_plural': 'historical recommendations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalReport',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('slug', models.SlugField(max_length=80, verbose_name='short address')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('short_title', models.CharField(blank=True, max_length=120, verbose_name='short title')),
                ('publisher', models.CharField(max_length=300, verbose_name='publisher')),
                ('released', models.DateField(verbose_name='released')),
                ('released_precision', models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('year', 'Year')], default='day', max_length=5, verbose_name='known to the')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('stem', models.CharField(blank=True, help_text='The words every recommendation follows on from.', max_length=200, verbose_name='opening words')),
                ('goal', models.TextField(blank=True, verbose_name='goal')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('project', models.TextField(blank=True, verbose_name='about the project')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration data')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
            ],
            options={
                'verbose_name': 'historical report',
                'verbose_name_plural': 'historical reports',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalTerm',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('slug', models.SlugField(max_length=80, verbose_name='short address')),
                ('term', models.CharField(max_length=200, verbose_name='term')),
                ('term_fr', models.CharField(blank=True, help_text='The name French knows it by; empty where there is none.', max_length=200, verbose_name='term in French')),
                ('abbreviation', models.CharField(blank=True, max_length=20, verbose_name='abbreviation')),
                ('also_written', models.JSONField(blank=True, default=list, verbose_name='also written')),
                ('kind', models.CharField(choices=[('legal', 'Legal terms'), ('principle', 'Principles'), ('project', 'Words of the project'), ('process', 'Words of dialogue and resolution'), ('body', 'Bodies'), ('proposed-body', 'Bodies and posts the report asks for')], max_length=20, verbose_name='kind')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('definition_kind', models.CharField(choices=[('verbatim', 'In the words of the source'), ('own-words', 'In this site’s own words')], max_length=20, verbose_name='whose words')),
                ('definition_en', models.TextField(verbose_name='definition in English')),
                ('definition_fr', models.TextField(blank=True, verbose_name='definition in French')),
                ('source', models.CharField(max_length=400, verbose_name='source')),
                ('source_fr', models.CharField(blank=True, max_length=400, verbose_name='source in French')),
                ('source_formal_name', models.CharField(blank=True, max_length=300, verbose_name='formal name of the source')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('quotes', models.JSONField(blank=True, default=list, verbose_name='quotations')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
            ],
            options={
                'verbose_name': 'historical term',
                'verbose_name_plural': 'historical terms',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Recommendation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('code', models.CharField(max_length=12, unique=True, validators=[django.core.validators.RegexValidator('^[A-Z]{2,4}-\\d{2,4}$', 'Write it as two letters and a number: CA-02.')], verbose_name='code')),
                ('order', models.PositiveIntegerField(default=1, verbose_name='order')),
                ('text', models.TextField(help_text='As the report prints it. Read-only once published.', verbose_name='text of record')),
                ('translation', models.TextField(blank=True, help_text='In the site’s other language. Shown as a translation, beside the original.', verbose_name='translation')),
                ('provenance', models.JSONField(blank=True, default=dict, help_text='What was repaired in the scan.', verbose_name='provenance')),
                ('status', models.CharField(choices=[('not-assessed', 'Not yet assessed'), ('no-action-found', 'No action found'), ('under-way', 'Under way'), ('stalled', 'Stalled'), ('partly-in-place', 'Partly in place'), ('in-place', 'In place'), ('undone-since', 'Undone since')], default='not-assessed', editable=False, max_length=20, verbose_name='status')),
                ('status_on', models.DateField(editable=False, null=True, verbose_name='status as of')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration data')),
                ('addressees', models.ManyToManyField(related_name='recommendations', to='recommendations.addressee', verbose_name='addressees')),
                ('audience', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='recommendations.audience', verbose_name='audience')),
                ('pillar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='recommendations.pillar', verbose_name='pillar')),
                ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
            ],
            options={
                'verbose_name': 'recommendation',
                'verbose_name_plural': 'recommendations',
                'ordering': ['report', 'order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ProgressUpdate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('status', models.CharField(choices=[('no-action-found', 'No action found'), ('under-way', 'Under way'), ('stalled', 'Stalled'), ('partly-in-place', 'Partly in place'), ('in-place', 'In place'), ('undone-since', 'Undone since')], max_length=20, verbose_name='status')),
                ('on', models.DateField(help_text='The day this was so, not that of the find.', verbose_name='as of')),
                ('summary', models.TextField(help_text='In plain words: what was done, what not.', verbose_name='summary')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('quotation', models.TextField(blank=True, verbose_name='quotation')),
                ('assessed_by', models.CharField(blank=True, help_text='The person or body that judged.', max_length=200, verbose_name='assessed by')),
                ('scale_version', models.CharField(default='2026-11', editable=False, max_length=20, verbose_name='version of the scale')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration data')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='recommendations.progressupdate', verbose_name='corrects')),
                ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='recommendations.recommendation', verbose_name='recommendation')),
            ],
            options={
                'verbose_name': 'progress update',
                'verbose_name_plural': 'progress updates',
                'ordering': ['-on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalRecommendation_addressees',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('addressee', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recommendations.addressee')),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='recommendations.historicalrecommendation')),
                ('recommendation', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recommendations.recommendation')),
            ],
            options={
                'verbose_name': 'HistoricalRecommendation_addressees',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='RecordRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=120)),
                ('object_id', models.BigIntegerField()),
                ('values', models.JSONField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('model', 'key'), name='record_row_once')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='short address')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('short_title', models.CharField(blank=True, max_length=120, verbose_name='short title')),
                ('publisher', models.CharField(max_length=300, verbose_name='publisher')),
                ('released', models.DateField(verbose_name='released')),
                ('released_precision', models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('year', 'Year')], default='day', max_length=5, verbose_name='known to the')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('stem', models.CharField(blank=True, help_text='The words every recommendation follows on from.', max_length=200, verbose_name='opening words')),
                ('goal', models.TextField(blank=True, verbose_name='goal')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('project', models.TextField(blank=True, verbose_name='about the project')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration data')),
                ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
                'ordering': ['released', 'id'],
            },
        ),
        migrations.AddField(
            model_name='recommendation',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='recommendations.report', verbose_name='report'),
        ),
        migrations.AddField(
            model_name='historicalrecommendation',
            name='report',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recommendations.report', verbose_name='report'),
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('publisher', models.CharField(max_length=300, verbose_name='publisher')),
                ('title', models.CharField(max_length=400, verbose_name='title')),
                ('url', models.URLField(max_length=600, verbose_name='link')),
                ('archived_url', models.URLField(blank=True, help_text='A link that will last.', max_length=600, verbose_name='archived copy')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='published')),
                ('published_precision', models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('year', 'Year')], default='day', max_length=5, verbose_name='known to the')),
                ('read_on', models.DateField(blank=True, help_text='The day somebody read it and found this there.', null=True, verbose_name='read')),
                ('update', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='recommendations.progressupdate', verbose_name='progress update')),
            ],
            options={
                'verbose_name': 'source',
                'verbose_name_plural': 'sources',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='short address')),
                ('term', models.CharField(max_length=200, verbose_name='term')),
                ('term_fr', models.CharField(blank=True, help_text='The name French knows it by; empty where there is none.', max_length=200, verbose_name='term in French')),
                ('abbreviation', models.CharField(blank=True, max_length=20, verbose_name='abbreviation')),
                ('also_written', models.JSONField(blank=True, default=list, verbose_name='also written')),
                ('kind', models.CharField(choices=[('legal', 'Legal terms'), ('principle', 'Principles'), ('project', 'Words of the project'), ('process', 'Words of dialogue and resolution'), ('body', 'Bodies'), ('proposed-body', 'Bodies and posts the report asks for')], max_length=20, verbose_name='kind')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('definition_kind', models.CharField(choices=[('verbatim', 'In the words of the source'), ('own-words', 'In this site’s own words')], max_length=20, verbose_name='whose words')),
                ('definition_en', models.TextField(verbose_name='definition in English')),
                ('definition_fr', models.TextField(blank=True, verbose_name='definition in French')),
                ('source', models.CharField(max_length=400, verbose_name='source')),
                ('source_fr', models.CharField(blank=True, max_length=400, verbose_name='source in French')),
                ('source_formal_name', models.CharField(blank=True, max_length=300, verbose_name='formal name of the source')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('quotes', models.JSONField(blank=True, default=list, verbose_name='quotations')),
                ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('recommendations', models.ManyToManyField(blank=True, related_name='terms', to='recommendations.recommendation', verbose_name='recommendations')),
            ],
            options={
                'verbose_name': 'term',
                'verbose_name_plural': 'terms',
                'ordering': ['term'],
            },
        ),
        migrations.AddIndex(
            model_name='progressupdate',
            index=models.Index(fields=['recommendation', '-on', '-id'], name='progress_timeline'),
        ),
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='progressupdate_published_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['no-action-found', 'under-way', 'stalled', 'partly-in-place', 'in-place', 'undone-since'])), name='progress_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='progress_language_is_known'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='report_published_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('released_precision__in', ['day', 'month', 'year'])), name='report_precision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='report_language_is_known'),
        ),
        migrations.AddIndex(
            model_name='recommendation',
            index=models.Index(fields=['audience', 'pillar', 'order'], name='recommendation_matrix'),
        ),
        migrations.AddIndex(
            model_name='recommendation',
            index=models.Index(fields=['status'], name='recommendation_status'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='recommendation_published_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['not-assessed', 'no-action-found', 'under-way', 'stalled', 'partly-in-place', 'in-place', 'undone-since'])), name='recommendation_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'not-assessed'), ('status_on__isnull', True)), models.Q(models.Q(('status', 'not-assessed'), _negated=True), ('status_on__isnull', False)), _connector='OR'), name='recommendation_status_has_a_date'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('published_precision__in', ['day', 'month', 'year'])), name='source_precision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='term_published_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['legal', 'principle', 'project', 'process', 'body', 'proposed-body'])), name='term_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('definition_kind__in', ['verbatim', 'own-words'])), name='term_definition_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='term_language_is_known'),
        ),
        migrations.CreateModel(
            name='HistoricalAbbreviation',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('abbreviation', models.CharField(db_index=True, max_length=20, verbose_name='abbreviation')),
                ('expansion', models.CharField(max_length=200, verbose_name='expansion')),
                ('expanded_in_source', models.BooleanField(help_text='Otherwise the expansion is ours.', verbose_name='spelled out in the source')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical abbreviation',
                'verbose_name_plural': 'historical abbreviations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalAddressee',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('slug', models.SlugField(max_length=80, verbose_name='short address')),
                ('kind', models.CharField(choices=[('office', 'Office'), ('government', 'Government'), ('legislature', 'Legislature'), ('members-of-a-legislature', 'Members of a legislature'), ('department', 'Department'), ('proposed-body', 'Body that is asked for'), ('group', 'Group')], max_length=30, verbose_name='kind')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical addressee',
                'verbose_name_plural': 'historical addressees',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalAudience',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('slug', models.SlugField(max_length=40, verbose_name='short address')),
                ('code_prefix', models.CharField(db_index=True, max_length=4, verbose_name='code prefix')),
                ('heading', models.CharField(blank=True, help_text='As the report prints it.', max_length=200, verbose_name='heading of record')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical audience',
                'verbose_name_plural': 'historical audiences',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalPillar',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('slug', models.SlugField(max_length=40, verbose_name='short address')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical pillar',
                'verbose_name_plural': 'historical pillars',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RunPython(create, drop),
    ]
