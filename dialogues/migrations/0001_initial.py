import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

# Only a question can have an answer, held by the database itself.
#
# A check can't look into another table, so two triggers do: one on the answer, one on a statement
# that has an answer and would become something else. A later migration that makes SQLite rebuild
# one of the two tables drops its trigger; tests/dialogues/test_contribution.py notices.
SQLITE = [
    f"""
    CREATE TRIGGER dialogues_answer_to_a_question_{verb.lower()} BEFORE {verb} ON dialogues_answer
    WHEN (SELECT kind FROM dialogues_contribution WHERE id = new.contribution_id) <> 'question'
    BEGIN SELECT RAISE(ABORT, 'answer_to_a_question'); END
    """
    for verb in ("INSERT", "UPDATE")
] + [
    """
    CREATE TRIGGER dialogues_answered_stays_a_question BEFORE UPDATE ON dialogues_contribution
    WHEN new.kind <> 'question'
        AND EXISTS (SELECT 1 FROM dialogues_answer WHERE contribution_id = new.id)
    BEGIN SELECT RAISE(ABORT, 'answer_to_a_question'); END
    """,
]
POSTGRESQL = [
    """
    CREATE FUNCTION dialogues_answer_to_a_question() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT kind FROM dialogues_contribution WHERE id = new.contribution_id) <> 'question'
        THEN RAISE EXCEPTION 'answer_to_a_question' USING ERRCODE = 'check_violation';
        END IF;
        RETURN new;
    END $$
    """,
    """
    CREATE TRIGGER dialogues_answer_to_a_question BEFORE INSERT OR UPDATE ON dialogues_answer
    FOR EACH ROW EXECUTE FUNCTION dialogues_answer_to_a_question()
    """,
    """
    CREATE FUNCTION dialogues_answered_stays_a_question() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM dialogues_answer WHERE contribution_id = new.id)
        THEN RAISE EXCEPTION 'answer_to_a_question' USING ERRCODE = 'check_violation';
        END IF;
        RETURN new;
    END $$
    """,
    """
    CREATE TRIGGER dialogues_answered_stays_a_question BEFORE UPDATE ON dialogues_contribution
    FOR EACH ROW WHEN (new.kind <> 'question')
    EXECUTE FUNCTION dialogues_answered_stays_a_question()
    """,
]


def create(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in SQLITE if vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in (
            "dialogues_answer_to_a_question_insert",
            "dialogues_answer_to_a_question_update",
            "dialogues_answered_stays_a_question",
        ):
            schema_editor.execute(f"DROP TRIGGER {name}")
    else:
        schema_editor.execute("DROP FUNCTION dialogues_answer_to_a_question CASCADE")
        schema_editor.execute("DROP FUNCTION dialogues_answered_stays_a_question CASCADE")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('recommendations', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Dialogue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='short address')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('on', models.DateField(verbose_name='date')),
                ('place', models.CharField(max_length=200, verbose_name='place')),
                ('region', models.CharField(blank=True, max_length=200, verbose_name='province or state')),
                ('country', models.CharField(blank=True, max_length=100, verbose_name='country')),
                ('venue', models.CharField(blank=True, max_length=200, verbose_name='venue')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('lead', models.TextField(blank=True, help_text='A sentence or two above the report of it.', verbose_name='opening')),
                ('lead_fr', models.TextField(blank=True, verbose_name='opening in French')),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='subject')),
                ('participant_count', models.PositiveIntegerField(blank=True, null=True, verbose_name='participants')),
                ('resonance_question', models.TextField(blank=True, verbose_name='question of the resonance scale')),
                ('resonance_note', models.TextField(blank=True, help_text='What is known where the votes themselves are not.', verbose_name='note on the resonance scale')),
                ('counts', models.JSONField(default=dict, editable=False, verbose_name='statements by kind')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration data')),
                ('facilitators', models.ManyToManyField(blank=True, related_name='dialogues', to=settings.AUTH_USER_MODEL, verbose_name='facilitators')),
                ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('report', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dialogues', to='recommendations.report', verbose_name='report talked over')),
            ],
            options={
                'verbose_name': 'dialogue',
                'verbose_name_plural': 'dialogues',
                'ordering': ['-on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Convener',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('acknowledgement', models.TextField(blank=True, verbose_name='acknowledgement')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='convened', to='accounts.organization', verbose_name='organization')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conveners', to='dialogues.dialogue', verbose_name='dialogue')),
            ],
            options={
                'verbose_name': 'convener',
                'verbose_name_plural': 'conveners',
                'ordering': ['order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Contribution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, verbose_name='number')),
                ('kind', models.CharField(choices=[('hope', 'Hope'), ('concern', 'Concern'), ('question', 'Question'), ('reservation', 'Reservation'), ('idea', 'Idea'), ('commitment', 'Commitment')], max_length=20, verbose_name='kind')),
                ('order', models.PositiveIntegerField(default=1, verbose_name='order')),
                ('state', models.CharField(choices=[('held', 'Held for review'), ('posted', 'Posted'), ('withdrawn', 'Withdrawn')], default='held', max_length=10, verbose_name='state')),
                ('sector', models.CharField(blank=True, choices=[('general', 'General'), ('education', 'Education'), ('government', 'Government'), ('media', 'Media'), ('ngo-and-grassroots', 'NGO and grassroots'), ('other-sectors', 'Other sectors')], max_length=20, verbose_name='sector')),
                ('text', models.TextField(verbose_name='text')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('translation', models.TextField(blank=True, help_text='In the site’s other language. Shown as a translation, beside the original.', verbose_name='translation')),
                ('note', models.TextField(blank=True, help_text='Shown beside the statement.', verbose_name='note')),
                ('posted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='posted')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn')),
                ('provenance', models.JSONField(blank=True, default=dict, help_text='What was repaired in the scan.', verbose_name='provenance')),
                ('about', models.ManyToManyField(blank=True, related_name='voices', to='recommendations.recommendation', verbose_name='about')),
                ('part_of', models.ForeignKey(blank=True, help_text='The statement this one is a line of.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='dialogues.contribution', verbose_name='part of')),
                ('posted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='posted by')),
                ('withdrawn_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contributions', to='dialogues.dialogue', verbose_name='dialogue')),
            ],
            options={
                'verbose_name': 'statement',
                'verbose_name_plural': 'statements',
                'ordering': ['dialogue', 'kind', 'order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalAnswer',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('text', models.TextField(verbose_name='answer')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('answered_by', models.CharField(blank=True, max_length=200, verbose_name='answered by')),
                ('footnote', models.TextField(blank=True, verbose_name='footnote')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('contribution', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.contribution', verbose_name='question')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical answer',
                'verbose_name_plural': 'historical answers',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalContribution',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('code', models.CharField(max_length=30, verbose_name='number')),
                ('kind', models.CharField(choices=[('hope', 'Hope'), ('concern', 'Concern'), ('question', 'Question'), ('reservation', 'Reservation'), ('idea', 'Idea'), ('commitment', 'Commitment')], max_length=20, verbose_name='kind')),
                ('order', models.PositiveIntegerField(default=1, verbose_name='order')),
                ('state', models.CharField(choices=[('held', 'Held for review'), ('posted', 'Posted'), ('withdrawn', 'Withdrawn')], default='held', max_length=10, verbose_name='state')),
                ('sector', models.CharField(blank=True, choices=[('general', 'General'), ('education', 'Education'), ('government', 'Government'), ('media', 'Media'), ('ngo-and-grassroots', 'NGO and grassroots'), ('other-sectors', 'Other sectors')], max_length=20, verbose_name='sector')),
                ('text', models.TextField(verbose_name='text')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('translation', models.TextField(blank=True, help_text='In the site’s other language. Shown as a translation, beside the original.', verbose_name='translation')),
                ('note', models.TextField(blank=True, help_text='Shown beside the statement.', verbose_name='note')),
                ('posted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='posted')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn')),
                ('provenance', models.JSONField(blank=True, default=dict, help_text='What was repaired in the scan.', verbose_name='provenance')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('dialogue', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.dialogue', verbose_name='dialogue')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('part_of', models.ForeignKey(blank=True, db_constraint=False, help_text='The statement this one is a line of.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.contribution', verbose_name='part of')),
                ('posted_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='posted by')),
                ('withdrawn_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by')),
            ],
            options={
                'verbose_name': 'historical statement',
                'verbose_name_plural': 'historical statements',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalContribution_about',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('contribution', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.contribution')),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='dialogues.historicalcontribution')),
                ('recommendation', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recommendations.recommendation')),
            ],
            options={
                'verbose_name': 'HistoricalContribution_about',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalDialogue',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('slug', models.SlugField(max_length=80, verbose_name='short address')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('on', models.DateField(verbose_name='date')),
                ('place', models.CharField(max_length=200, verbose_name='place')),
                ('region', models.CharField(blank=True, max_length=200, verbose_name='province or state')),
                ('country', models.CharField(blank=True, max_length=100, verbose_name='country')),
                ('venue', models.CharField(blank=True, max_length=200, verbose_name='venue')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('lead', models.TextField(blank=True, help_text='A sentence or two above the report of it.', verbose_name='opening')),
                ('lead_fr', models.TextField(blank=True, verbose_name='opening in French')),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='subject')),
                ('participant_count', models.PositiveIntegerField(blank=True, null=True, verbose_name='participants')),
                ('resonance_question', models.TextField(blank=True, verbose_name='question of the resonance scale')),
                ('resonance_note', models.TextField(blank=True, help_text='What is known where the votes themselves are not.', verbose_name='note on the resonance scale')),
                ('counts', models.JSONField(default=dict, editable=False, verbose_name='statements by kind')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration data')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('report', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recommendations.report', verbose_name='report talked over')),
            ],
            options={
                'verbose_name': 'historical dialogue',
                'verbose_name_plural': 'historical dialogues',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalDialogue_facilitators',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('dialogue', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.dialogue')),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='dialogues.historicaldialogue')),
                ('user', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'HistoricalDialogue_facilitators',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('honorific', models.CharField(blank=True, max_length=60, verbose_name='honorific')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('affiliation', models.CharField(blank=True, max_length=300, verbose_name='affiliation')),
                ('role', models.CharField(choices=[('convener', 'Convener'), ('chair', 'Chair'), ('moderator', 'Moderator'), ('speaker', 'Speaker'), ('guest', 'Guest'), ('named', 'Named in the report')], max_length=20, verbose_name='role')),
                ('part', models.TextField(blank=True, verbose_name='part in the dialogue')),
                ('attended', models.BooleanField(default=True, help_text='Untick where the source only names the person.', verbose_name='attended')),
                ('biography', models.TextField(blank=True, verbose_name='biography')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='dialogues.dialogue', verbose_name='dialogue')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ['order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('kind', models.CharField(choices=[('welcome', 'Welcome'), ('round', 'Round'), ('brief', 'Brief'), ('questions', 'Questions'), ('scale', 'Scale'), ('ideas', 'Ideas'), ('closing', 'Closing')], max_length=20, verbose_name='kind')),
                ('text', models.TextField(verbose_name='text')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agenda', to='dialogues.dialogue', verbose_name='dialogue')),
                ('led_by', models.ManyToManyField(blank=True, related_name='leads', to='dialogues.person', verbose_name='led by')),
            ],
            options={
                'verbose_name': 'agenda item',
                'verbose_name_plural': 'agenda items',
                'ordering': ['order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('acknowledgements', 'Acknowledgements'), ('introduction', 'Introduction'), ('what-is-a-dialogue', 'What is a dialogue?'), ('hopes-and-concerns', 'Hopes and concerns, opening words'), ('brief', 'Brief'), ('slide', 'Slide of the brief'), ('questions', 'Questions and answers, opening words'), ('reservations', 'Reservations, opening words'), ('ideas', 'Ideas, opening words'), ('commitments', 'Commitments, opening words'), ('conclusion', 'Conclusion'), ('closing', 'Closing'), ('next-steps', 'Next steps'), ('follow-up', 'What followed')], max_length=30, verbose_name='kind')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('heading', models.CharField(blank=True, max_length=300, verbose_name='heading')),
                ('body', models.TextField(blank=True, help_text='A blank line parts paragraphs; “- ” starts an item.', verbose_name='text')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('footnote', models.TextField(blank=True, verbose_name='footnote')),
                ('note', models.TextField(blank=True, help_text='Shown beside the text.', verbose_name='note')),
                ('provenance', models.JSONField(blank=True, default=list, help_text='What was repaired in the scan.', verbose_name='provenance')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='dialogues.dialogue', verbose_name='dialogue')),
            ],
            options={
                'verbose_name': 'section of text',
                'verbose_name_plural': 'sections of text',
                'ordering': ['kind', 'order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='answer')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('answered_by', models.CharField(blank=True, max_length=200, verbose_name='answered by')),
                ('footnote', models.TextField(blank=True, verbose_name='footnote')),
                ('contribution', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='answer', to='dialogues.contribution', verbose_name='question')),
            ],
            options={
                'verbose_name': 'answer',
                'verbose_name_plural': 'answers',
                'constraints': [models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='answer_language_is_known')],
            },
        ),
        migrations.AddIndex(
            model_name='dialogue',
            index=models.Index(fields=['-on', '-id'], name='dialogue_newest_first'),
        ),
        migrations.AddConstraint(
            model_name='dialogue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='dialogue_published_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='dialogue',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='dialogue_language_is_known'),
        ),
        migrations.AddConstraint(
            model_name='convener',
            constraint=models.UniqueConstraint(fields=('dialogue', 'organization'), name='convener_once_a_dialogue'),
        ),
        migrations.AddIndex(
            model_name='contribution',
            index=models.Index(condition=models.Q(('part_of__isnull', True)), fields=['dialogue', 'state', 'kind', 'order', 'id'], name='contribution_page'),
        ),
        migrations.AddIndex(
            model_name='contribution',
            index=models.Index(condition=models.Q(('part_of__isnull', True)), fields=['dialogue', 'state', 'sector', 'kind', 'order', 'id'], name='contribution_sector_page'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.UniqueConstraint(fields=('dialogue', 'code'), name='contribution_code_once_a_dialogue'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['hope', 'concern', 'question', 'reservation', 'idea', 'commitment'])), name='contribution_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(('sector__in', ['', 'general', 'education', 'government', 'media', 'ngo-and-grassroots', 'other-sectors'])), name='contribution_sector_is_known'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('posted_at__isnull', True), ('posted_by__isnull', True), ('state', 'held'), ('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('posted_at__isnull', False), ('posted_by__isnull', False), ('state', 'posted'), ('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('state', 'withdrawn'), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='contribution_state_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='contribution_language_is_known'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['convener', 'chair', 'moderator', 'speaker', 'guest', 'named'])), name='person_role_is_known'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['welcome', 'round', 'brief', 'questions', 'scale', 'ideas', 'closing'])), name='agenda_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['acknowledgements', 'introduction', 'what-is-a-dialogue', 'hopes-and-concerns', 'brief', 'slide', 'questions', 'reservations', 'ideas', 'commitments', 'conclusion', 'closing', 'next-steps', 'follow-up'])), name='section_kind_is_known'),
        ),
        migrations.RunPython(create, drop),
        # What was said about a recommendation, newest first, without reading all of it.
        migrations.RunSQL(
            "CREATE INDEX contribution_about_newest"
            " ON dialogues_contribution_about (recommendation_id, contribution_id)",
            "DROP INDEX contribution_about_newest",
        ),
    ]
