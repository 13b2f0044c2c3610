import datetime
import dialogues.models.dialogue
import dialogues.models.room
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
import uuid
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
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('kind', models.CharField(choices=[('welcome', 'Welcome'), ('round', 'Round'), ('brief', 'Brief'), ('questions', 'Questions'), ('scale', 'Scale'), ('ideas', 'Ideas'), ('closing', 'Closing')], max_length=20, verbose_name='kind')),
                ('text', models.TextField(verbose_name='text')),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minutes')),
                ('turn_seconds', models.PositiveSmallIntegerField(default=45, verbose_name='seconds for each speaker')),
                ('word_limit', models.PositiveSmallIntegerField(default=60, help_text='Of one statement sent from a phone.', verbose_name='words at most')),
                ('posts_itself', models.BooleanField(default=False, help_text='What comes from phones goes to the wall at once.', verbose_name='post without review')),
                ('is_silent', models.BooleanField(default=False, help_text='Everyone writes unseen; all appear together.', verbose_name='silent, then shown')),
                ('shows_results', models.BooleanField(default=False, help_text='Otherwise when the vote is closed.', verbose_name='show votes while they come in')),
                ('started_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='started')),
                ('paused_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='paused')),
                ('paused_for', models.DurationField(default=datetime.timedelta, editable=False, verbose_name='paused for')),
                ('extra_minutes', models.SmallIntegerField(default=0, editable=False, verbose_name='minutes added')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='ended')),
                ('revealed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='shown to all')),
                ('started_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'agenda item',
                'verbose_name_plural': 'agenda items',
                'ordering': ['order', 'id'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['welcome', 'round', 'brief', 'questions', 'scale', 'ideas', 'closing'])), name='agenda_kind_is_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('started_at__isnull', True), ('started_by__isnull', True)), models.Q(('started_at__isnull', False), ('started_by__isnull', False)), _connector='OR'), name='agenda_started_when_and_by_whom'),
                    models.CheckConstraint(condition=models.Q(('started_at__isnull', False), models.Q(('ended_at__isnull', True), ('paused_at__isnull', True), ('revealed_at__isnull', True)), _connector='OR'), name='agenda_nothing_before_it_started'),
                    models.CheckConstraint(condition=models.Q(('turn_seconds__gte', 5)), name='agenda_turn_is_long_enough'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'ordering': ['-made_at'],
            },
        ),
        migrations.CreateModel(
            name='Dialogue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='short address')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('on', models.DateField(verbose_name='date')),
                ('starts', models.TimeField(blank=True, null=True, verbose_name='begins at')),
                ('time_zone', models.CharField(default='UTC', max_length=50, validators=[dialogues.models.dialogue.time_zone_is_known], verbose_name='time zone')),
                ('place', models.CharField(max_length=200, verbose_name='place')),
                ('region', models.CharField(blank=True, max_length=200, verbose_name='province or state')),
                ('country', models.CharField(blank=True, max_length=100, verbose_name='country')),
                ('venue', models.CharField(blank=True, max_length=200, verbose_name='venue')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('also_in', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'French')], max_length=10, verbose_name='second language')),
                ('lead', models.TextField(blank=True, help_text='A sentence or two above the report of it.', verbose_name='opening')),
                ('lead_fr', models.TextField(blank=True, verbose_name='opening in French')),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='subject')),
                ('participant_count', models.PositiveIntegerField(blank=True, null=True, verbose_name='participants')),
                ('resonance_question', models.TextField(blank=True, verbose_name='question of the resonance scale')),
                ('resonance_note', models.TextField(blank=True, help_text='What is known where the votes themselves are not.', verbose_name='note on the resonance scale')),
                ('attribution', models.CharField(choices=[('none', 'Not attributed'), ('name', 'By name, where the person agrees'), ('sector', 'By sector'), ('chatham-house', 'Chatham House Rule'), ('anonymous', 'Anonymous: no names are asked for')], default='none', max_length=20, verbose_name='attribution')),
                ('privacy_contact', models.CharField(blank=True, help_text='Who answers questions about what is kept: a name and an address.', max_length=200, verbose_name='whom to ask')),
                ('keep_until', models.DateField(blank=True, help_text='On that day names and addresses are erased. Statements stay.', null=True, verbose_name='participants’ details kept until')),
                ('check_back_until', models.DateField(blank=True, help_text='Until then participants may correct what was recorded of them.', null=True, verbose_name='corrections until')),
                ('is_rehearsal', models.BooleanField(default=False, editable=False, verbose_name='rehearsal')),
                ('counts', models.JSONField(default=dict, editable=False, verbose_name='statements by kind')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration data')),
                ('facilitators', models.ManyToManyField(blank=True, related_name='dialogues', to=settings.AUTH_USER_MODEL, verbose_name='facilitators')),
                ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('report', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dialogues', to='recommendations.report', verbose_name='report talked over')),
                ('scribes', models.ManyToManyField(blank=True, help_text='They take down what is said, and see seats instead of names.', related_name='dialogues_taken_down', to=settings.AUTH_USER_MODEL, verbose_name='scribes')),
            ],
            options={
                'verbose_name': 'dialogue',
                'verbose_name_plural': 'dialogues',
                'ordering': ['-on', '-id'],
                'indexes': [
                    models.Index(fields=['-on', '-id'], name='dialogue_newest_first'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='dialogue_published_when_and_by_whom'),
                    models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='dialogue_language_is_known'),
                    models.CheckConstraint(condition=models.Q(('attribution__in', ['none', 'name', 'sector', 'chatham-house', 'anonymous'])), name='dialogue_attribution_is_known'),
                    models.CheckConstraint(condition=models.Q(('is_rehearsal', False), ('published_at__isnull', True), _connector='OR'), name='dialogue_rehearsal_is_never_public'),
                ],
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
                'constraints': [
                    models.UniqueConstraint(fields=('dialogue', 'organization'), name='convener_once_a_dialogue'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Contribution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, verbose_name='number')),
                ('kind', models.CharField(choices=[('hope', 'Hope'), ('concern', 'Concern'), ('question', 'Question'), ('reservation', 'Reservation'), ('idea', 'Idea'), ('commitment', 'Commitment')], max_length=20, verbose_name='kind')),
                ('order', models.PositiveIntegerField(default=1, verbose_name='order')),
                ('key', models.UUIDField(blank=True, editable=False, help_text='Made where the statement was typed: sent twice, it is there once.', null=True, unique=True, verbose_name='key')),
                ('channel', models.CharField(blank=True, choices=[('console', 'Console'), ('phone', 'Phone'), ('paper', 'Paper card'), ('import', 'Imported list'), ('simulated', 'Simulated')], editable=False, max_length=10, verbose_name='how it came')),
                ('state', models.CharField(choices=[('held', 'Held for review'), ('posted', 'Posted'), ('withdrawn', 'Withdrawn')], default='held', max_length=10, verbose_name='state')),
                ('sector', models.CharField(blank=True, choices=[('general', 'General'), ('education', 'Education'), ('government', 'Government'), ('media', 'Media'), ('ngo-and-grassroots', 'NGO and grassroots'), ('other-sectors', 'Other sectors')], max_length=20, verbose_name='sector')),
                ('text', models.TextField(verbose_name='text')),
                ('spoken', models.TextField(blank=True, editable=False, help_text='The first wording, where it was edited since.', verbose_name='as spoken')),
                ('revision', models.PositiveIntegerField(default=1, editable=False, verbose_name='revision')),
                ('version', models.BigIntegerField(default=0, editable=False, help_text='The room’s version when this last changed.', verbose_name='version of the room')),
                ('attribution', models.CharField(blank=True, choices=[('none', 'Not attributed'), ('name', 'By name, where the person agrees'), ('sector', 'By sector'), ('chatham-house', 'Chatham House Rule'), ('anonymous', 'Anonymous: no names are asked for')], editable=False, help_text='Narrower than the dialogue’s rule, at the wish of who said it.', max_length=20, verbose_name='attribution')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('translation', models.TextField(blank=True, help_text='In the site’s other language. Shown as a translation, beside the original.', verbose_name='translation')),
                ('note', models.TextField(blank=True, help_text='Shown beside the statement.', verbose_name='note')),
                ('posted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='posted')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn')),
                ('was_taken_back', models.BooleanField(default=False, editable=False, help_text='By whoever said it.', verbose_name='taken back')),
                ('reason', models.CharField(blank=True, help_text='Why it is held or withdrawn. Not public.', max_length=300, verbose_name='reason')),
                ('checked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked')),
                ('provenance', models.JSONField(blank=True, default=dict, help_text='What was repaired in the scan.', verbose_name='provenance')),
                ('about', models.ManyToManyField(blank=True, related_name='voices', to='recommendations.recommendation', verbose_name='about')),
                ('batch', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='statements', to='dialogues.batch', verbose_name='import')),
                ('checked_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ('part_of', models.ForeignKey(blank=True, help_text='The statement this one is a line of.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='dialogues.contribution', verbose_name='part of')),
                ('posted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='posted by')),
                ('replaced_by', models.ForeignKey(blank=True, editable=False, help_text='The statement it was merged into, or is a duplicate of.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaces', to='dialogues.contribution', verbose_name='replaced by')),
                ('round', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='statements', to='dialogues.agendaitem', verbose_name='round')),
                ('split_from', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='pieces', to='dialogues.contribution', verbose_name='split from')),
                ('typed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='typed by')),
                ('withdrawn_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contributions', to='dialogues.dialogue', verbose_name='dialogue')),
            ],
            options={
                'verbose_name': 'statement',
                'verbose_name_plural': 'statements',
                'ordering': ['dialogue', 'kind', 'order', 'id'],
                'indexes': [
                    models.Index(condition=models.Q(('part_of__isnull', True)), fields=['dialogue', 'state', 'kind', 'order', 'id'], name='contribution_page'),
                    models.Index(condition=models.Q(('part_of__isnull', True)), fields=['dialogue', 'state', 'sector', 'kind', 'order', 'id'], name='contribution_sector_page'),
                    models.Index(condition=models.Q(('part_of__isnull', True)), fields=['dialogue', 'state', 'kind', '-posted_at', '-id'], name='contribution_wall'),
                    models.Index(fields=['dialogue', 'version'], name='contribution_changes'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('dialogue', 'code'), name='contribution_code_once_a_dialogue'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['hope', 'concern', 'question', 'reservation', 'idea', 'commitment'])), name='contribution_kind_is_known'),
                    models.CheckConstraint(condition=models.Q(('sector__in', ['', 'general', 'education', 'government', 'media', 'ngo-and-grassroots', 'other-sectors'])), name='contribution_sector_is_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('posted_at__isnull', True), ('posted_by__isnull', True), ('state', 'held'), ('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('posted_at__isnull', False), ('posted_by__isnull', False), ('state', 'posted'), ('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(models.Q(('withdrawn_by__isnull', False), ('was_taken_back', True), _connector='OR'), ('state', 'withdrawn'), ('withdrawn_at__isnull', False)), _connector='OR'), name='contribution_state_when_and_by_whom'),
                    models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by__isnull', True)), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False)), _connector='OR'), name='contribution_checked_when_and_by_whom'),
                    models.CheckConstraint(condition=models.Q(('attribution__in', ['', 'none', 'name', 'sector', 'chatham-house', 'anonymous'])), name='contribution_attribution_is_known'),
                    models.CheckConstraint(condition=models.Q(('channel__in', ['', 'console', 'phone', 'paper', 'import', 'simulated'])), name='contribution_channel_is_known'),
                    models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='contribution_language_is_known'),
                ],
            },
        ),
        migrations.AddField(
            model_name='batch',
            name='dialogue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='dialogues.dialogue', verbose_name='dialogue'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='dialogue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agenda', to='dialogues.dialogue', verbose_name='dialogue'),
        ),
        migrations.CreateModel(
            name='HistoricalAnswer',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('text', models.TextField(verbose_name='answer')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('answered_by', models.CharField(blank=True, max_length=200, verbose_name='answered by')),
                ('was_written_later', models.BooleanField(default=False, help_text='Not said in the room.', verbose_name='written later')),
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
                ('key', models.UUIDField(blank=True, db_index=True, editable=False, help_text='Made where the statement was typed: sent twice, it is there once.', null=True, verbose_name='key')),
                ('channel', models.CharField(blank=True, choices=[('console', 'Console'), ('phone', 'Phone'), ('paper', 'Paper card'), ('import', 'Imported list'), ('simulated', 'Simulated')], editable=False, max_length=10, verbose_name='how it came')),
                ('state', models.CharField(choices=[('held', 'Held for review'), ('posted', 'Posted'), ('withdrawn', 'Withdrawn')], default='held', max_length=10, verbose_name='state')),
                ('sector', models.CharField(blank=True, choices=[('general', 'General'), ('education', 'Education'), ('government', 'Government'), ('media', 'Media'), ('ngo-and-grassroots', 'NGO and grassroots'), ('other-sectors', 'Other sectors')], max_length=20, verbose_name='sector')),
                ('text', models.TextField(verbose_name='text')),
                ('spoken', models.TextField(blank=True, editable=False, help_text='The first wording, where it was edited since.', verbose_name='as spoken')),
                ('revision', models.PositiveIntegerField(default=1, editable=False, verbose_name='revision')),
                ('version', models.BigIntegerField(default=0, editable=False, help_text='The room’s version when this last changed.', verbose_name='version of the room')),
                ('attribution', models.CharField(blank=True, choices=[('none', 'Not attributed'), ('name', 'By name, where the person agrees'), ('sector', 'By sector'), ('chatham-house', 'Chatham House Rule'), ('anonymous', 'Anonymous: no names are asked for')], editable=False, help_text='Narrower than the dialogue’s rule, at the wish of who said it.', max_length=20, verbose_name='attribution')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('translation', models.TextField(blank=True, help_text='In the site’s other language. Shown as a translation, beside the original.', verbose_name='translation')),
                ('note', models.TextField(blank=True, help_text='Shown beside the statement.', verbose_name='note')),
                ('posted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='posted')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn')),
                ('was_taken_back', models.BooleanField(default=False, editable=False, help_text='By whoever said it.', verbose_name='taken back')),
                ('reason', models.CharField(blank=True, help_text='Why it is held or withdrawn. Not public.', max_length=300, verbose_name='reason')),
                ('checked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked')),
                ('provenance', models.JSONField(blank=True, default=dict, help_text='What was repaired in the scan.', verbose_name='provenance')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('batch', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.batch', verbose_name='import')),
                ('checked_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ('dialogue', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.dialogue', verbose_name='dialogue')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('part_of', models.ForeignKey(blank=True, db_constraint=False, help_text='The statement this one is a line of.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.contribution', verbose_name='part of')),
                ('posted_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='posted by')),
                ('replaced_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, help_text='The statement it was merged into, or is a duplicate of.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.contribution', verbose_name='replaced by')),
                ('round', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.agendaitem', verbose_name='round')),
                ('split_from', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.contribution', verbose_name='split from')),
                ('typed_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='typed by')),
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
                ('starts', models.TimeField(blank=True, null=True, verbose_name='begins at')),
                ('time_zone', models.CharField(default='UTC', max_length=50, validators=[dialogues.models.dialogue.time_zone_is_known], verbose_name='time zone')),
                ('place', models.CharField(max_length=200, verbose_name='place')),
                ('region', models.CharField(blank=True, max_length=200, verbose_name='province or state')),
                ('country', models.CharField(blank=True, max_length=100, verbose_name='country')),
                ('venue', models.CharField(blank=True, max_length=200, verbose_name='venue')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('also_in', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'French')], max_length=10, verbose_name='second language')),
                ('lead', models.TextField(blank=True, help_text='A sentence or two above the report of it.', verbose_name='opening')),
                ('lead_fr', models.TextField(blank=True, verbose_name='opening in French')),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='subject')),
                ('participant_count', models.PositiveIntegerField(blank=True, null=True, verbose_name='participants')),
                ('resonance_question', models.TextField(blank=True, verbose_name='question of the resonance scale')),
                ('resonance_note', models.TextField(blank=True, help_text='What is known where the votes themselves are not.', verbose_name='note on the resonance scale')),
                ('attribution', models.CharField(choices=[('none', 'Not attributed'), ('name', 'By name, where the person agrees'), ('sector', 'By sector'), ('chatham-house', 'Chatham House Rule'), ('anonymous', 'Anonymous: no names are asked for')], default='none', max_length=20, verbose_name='attribution')),
                ('privacy_contact', models.CharField(blank=True, help_text='Who answers questions about what is kept: a name and an address.', max_length=200, verbose_name='whom to ask')),
                ('keep_until', models.DateField(blank=True, help_text='On that day names and addresses are erased. Statements stay.', null=True, verbose_name='participants’ details kept until')),
                ('check_back_until', models.DateField(blank=True, help_text='Until then participants may correct what was recorded of them.', null=True, verbose_name='corrections until')),
                ('is_rehearsal', models.BooleanField(default=False, editable=False, verbose_name='rehearsal')),
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
            name='HistoricalDialogue_scribes',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('dialogue', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.dialogue')),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='dialogues.historicaldialogue')),
                ('user', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'HistoricalDialogue_scribes',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('role', models.CharField(choices=[('facilitator', 'Facilitator'), ('scribe', 'Scribe')], max_length=20, verbose_name='role')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted')),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='accepted by')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='dialogues.dialogue', verbose_name='dialogue')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['made_at'],
                'constraints': [
                    models.UniqueConstraint(fields=('dialogue', 'email'), name='invitation_once_an_address'),
                    models.CheckConstraint(condition=models.Q(('role__in', ['facilitator', 'scribe'])), name='invitation_role_is_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='invitation_accepted_when_and_by_whom'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seat', models.PositiveIntegerField(verbose_name='seat')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('affiliation', models.CharField(blank=True, max_length=300, verbose_name='affiliation')),
                ('sector', models.CharField(blank=True, choices=[('general', 'General'), ('education', 'Education'), ('government', 'Government'), ('media', 'Media'), ('ngo-and-grassroots', 'NGO and grassroots'), ('other-sectors', 'Other sectors')], max_length=20, verbose_name='sector')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('channel', models.CharField(choices=[('console', 'Console'), ('phone', 'Phone'), ('paper', 'Paper card'), ('import', 'Imported list'), ('simulated', 'Simulated')], default='console', max_length=10, verbose_name='how they came')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='joined')),
                ('has_left', models.BooleanField(default=False, verbose_name='has left')),
                ('is_held', models.BooleanField(default=False, help_text='What they send from now on waits for review.', verbose_name='hold their statements')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('batch', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='participants', to='dialogues.batch', verbose_name='import')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='dialogues.dialogue', verbose_name='dialogue')),
            ],
            options={
                'verbose_name': 'participant',
                'verbose_name_plural': 'participants',
                'ordering': ['dialogue', 'seat'],
                'constraints': [
                    models.UniqueConstraint(fields=('dialogue', 'seat'), name='participant_one_a_seat'),
                    models.CheckConstraint(condition=models.Q(('sector__in', ['', 'general', 'education', 'government', 'media', 'ngo-and-grassroots', 'other-sectors'])), name='participant_sector_is_known'),
                    models.CheckConstraint(condition=models.Q(('channel__in', ['console', 'phone', 'paper', 'import', 'simulated'])), name='participant_channel_is_known'),
                ],
            },
        ),
        migrations.AddField(
            model_name='historicalcontribution',
            name='participant',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.participant', verbose_name='participant'),
        ),
        migrations.AddField(
            model_name='contribution',
            name='participant',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='statements', to='dialogues.participant', verbose_name='participant'),
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('record', 'Kept for the record'), ('publish', 'Published'), ('name', 'Published with the name'), ('contact', 'Contacted later')], max_length=10, verbose_name='purpose')),
                ('wording', models.TextField(verbose_name='wording')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='given')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='dialogues.participant', verbose_name='participant')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'ordering': ['given_at', 'id'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('participant', 'purpose'), name='consent_once_a_purpose'),
                    models.CheckConstraint(condition=models.Q(('purpose__in', ['record', 'publish', 'name', 'contact'])), name='consent_purpose_is_known'),
                ],
            },
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
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('role__in', ['convener', 'chair', 'moderator', 'speaker', 'guest', 'named'])), name='person_role_is_known'),
                ],
            },
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='led_by',
            field=models.ManyToManyField(blank=True, related_name='leads', to='dialogues.person', verbose_name='led by'),
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=dialogues.models.room.new_code, max_length=6, unique=True, verbose_name='join code')),
                ('is_open', models.BooleanField(default=False, verbose_name='open to join')),
                ('version', models.BigIntegerField(default=1, verbose_name='version')),
                ('numbers', models.JSONField(blank=True, default=dict, verbose_name='numbers given')),
                ('current', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='dialogues.agendaitem', verbose_name='running item')),
                ('dialogue', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='room', to='dialogues.dialogue', verbose_name='dialogue')),
            ],
            options={
                'verbose_name': 'room',
                'verbose_name_plural': 'rooms',
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('acknowledgements', 'Acknowledgements'), ('introduction', 'Introduction'), ('what-is-a-dialogue', 'What is a dialogue?'), ('hopes-and-concerns', 'Hopes and concerns, opening words'), ('brief', 'Brief'), ('slide', 'Slide of the brief'), ('questions', 'Questions and answers, opening words'), ('reservations', 'Reservations, opening words'), ('ideas', 'Ideas, opening words'), ('sector', 'Ideas of one sector, heading'), ('commitments', 'Commitments, opening words'), ('conclusion', 'Conclusion'), ('closing', 'Closing'), ('next-steps', 'Next steps'), ('follow-up', 'What followed')], max_length=30, verbose_name='kind')),
                ('sector', models.CharField(blank=True, help_text='Of which ideas it is the heading.', max_length=20, verbose_name='sector')),
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
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['acknowledgements', 'introduction', 'what-is-a-dialogue', 'hopes-and-concerns', 'brief', 'slide', 'questions', 'reservations', 'ideas', 'sector', 'commitments', 'conclusion', 'closing', 'next-steps', 'follow-up'])), name='section_kind_is_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('ballots', 'Ballots'), ('hands', 'Show of hands'), ('paper', 'Paper')], max_length=10, verbose_name='source')),
                ('score', models.PositiveSmallIntegerField(verbose_name='score')),
                ('n', models.PositiveIntegerField(default=0, verbose_name='how many')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tallies', to='dialogues.agendaitem', verbose_name='round')),
            ],
            options={
                'verbose_name': 'tally',
                'verbose_name_plural': 'tallies',
                'ordering': ['item', 'source', 'score'],
                'constraints': [
                    models.UniqueConstraint(fields=('item', 'source', 'score'), name='tally_once_a_score'),
                    models.CheckConstraint(condition=models.Q(('score__gte', 0), ('score__lte', 10)), name='tally_score_is_on_the_scale'),
                    models.CheckConstraint(condition=models.Q(('source__in', ['ballots', 'hands', 'paper'])), name='tally_source_is_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='themes', to='dialogues.dialogue', verbose_name='dialogue')),
            ],
            options={
                'verbose_name': 'theme',
                'verbose_name_plural': 'themes',
                'ordering': ['name'],
                'constraints': [
                    models.UniqueConstraint(fields=('dialogue', 'name'), name='theme_once_a_dialogue'),
                ],
            },
        ),
        migrations.AddField(
            model_name='contribution',
            name='themes',
            field=models.ManyToManyField(blank=True, related_name='statements', to='dialogues.theme', verbose_name='themes'),
        ),
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveIntegerField(verbose_name='order')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('speaking', 'Speaking'), ('done', 'Has spoken'), ('skipped', 'Skipped')], default='waiting', max_length=10, verbose_name='state')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('extra_seconds', models.SmallIntegerField(default=0, verbose_name='seconds added')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turns', to='dialogues.agendaitem', verbose_name='round')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turns', to='dialogues.participant', verbose_name='participant')),
            ],
            options={
                'verbose_name': 'turn',
                'verbose_name_plural': 'turns',
                'ordering': ['item', 'order', 'id'],
                'constraints': [
                    models.UniqueConstraint(fields=('item', 'participant'), name='turn_once_a_round'),
                    models.UniqueConstraint(condition=models.Q(('state', 'speaking')), fields=('item',), name='turn_one_speaker_at_a_time'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'speaking', 'done', 'skipped'])), name='turn_state_is_known'),
                    models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('started_at__isnull', False), _connector='OR'), name='turn_starts_before_it_ends'),
                ],
            },
        ),
        migrations.AddField(
            model_name='historicalcontribution',
            name='turn',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dialogues.turn', verbose_name='turn'),
        ),
        migrations.AddField(
            model_name='contribution',
            name='turn',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='statements', to='dialogues.turn', verbose_name='turn'),
        ),
        migrations.CreateModel(
            name='Voted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='voted', to='dialogues.agendaitem', verbose_name='round')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='voted', to='dialogues.participant', verbose_name='participant')),
            ],
            options={
                'verbose_name': 'who voted',
                'verbose_name_plural': 'who voted',
                'constraints': [
                    models.UniqueConstraint(fields=('item', 'participant'), name='voted_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='answer')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('answered_by', models.CharField(blank=True, max_length=200, verbose_name='answered by')),
                ('was_written_later', models.BooleanField(default=False, help_text='Not said in the room.', verbose_name='written later')),
                ('footnote', models.TextField(blank=True, verbose_name='footnote')),
                ('contribution', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='answer', to='dialogues.contribution', verbose_name='question')),
            ],
            options={
                'verbose_name': 'answer',
                'verbose_name_plural': 'answers',
                'constraints': [models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='answer_language_is_known')],
            },
        ),
        migrations.RunPython(create, drop),
        # What was said about a recommendation, newest first, without reading all of it.
        migrations.RunSQL(
            "CREATE INDEX contribution_about_newest"
            " ON dialogues_contribution_about (recommendation_id, contribution_id)",
            "DROP INDEX contribution_about_newest",
        ),
    ]
