import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


def name_the_front(apps, schema_editor):
    """The report of record is the front of a site that was loaded before there could be others."""
    RecordRow = apps.get_model('recommendations', 'RecordRow')
    Report = apps.get_model('recommendations', 'Report')
    row = RecordRow.objects.filter(model='recommendations.Report').order_by('id').first()
    if row is not None:
        Report.objects.filter(pk=row.object_id).update(is_front=True)


def know_the_month(apps, schema_editor):
    """When the sources of record were read is known to the month; the loader writes which one it
    was, and leaves alone what it has not written itself: so the precision must stand there first.
    """
    RecordRow = apps.get_model('recommendations', 'RecordRow')
    Source = apps.get_model('recommendations', 'Source')
    loaded = RecordRow.objects.filter(model='recommendations.Source').values_list('object_id')
    Source.objects.filter(pk__in=loaded, read_on__isnull=True).update(read_precision='month')


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('recommendations', '0003_language_of_a_source'),
    ]

    operations = [
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='short address')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
            ],
            options={
                'verbose_name': 'subject',
                'verbose_name_plural': 'subjects',
                'ordering': ['order', 'id'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='HistoricalSubject',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('slug', models.SlugField(max_length=80, verbose_name='short address')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical subject',
                'verbose_name_plural': 'historical subjects',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'indexes': [],
                'constraints': [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('on', models.DateField(help_text='The day this was so, not that of the find.', verbose_name='as of')),
                ('summary', models.TextField(help_text='In plain words: what was done, what not.', verbose_name='summary')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('quotation', models.TextField(blank=True, verbose_name='quotation')),
                ('written_at', models.DateTimeField(editable=False, null=True, verbose_name='written')),
                ('written_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                ('submitted_at', models.DateTimeField(editable=False, null=True, verbose_name='sent to review')),
                ('submitted_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent to review by')),
                ('retracted_at', models.DateTimeField(editable=False, null=True, verbose_name='retracted')),
                ('retracted_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='retracted by')),
                ('retraction', models.TextField(blank=True, editable=False, verbose_name='why it was retracted')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration data')),
                ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='recommendations.recommendation', verbose_name='recommendation')),
                ('addressee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='recommendations.addressee', verbose_name='addressee')),
                ('kind', models.CharField(choices=[('none-found', 'No answer found'), ('acknowledged', 'Acknowledged'), ('accepted', 'Accepted'), ('accepted-in-part', 'Accepted in part'), ('declined', 'Declined')], max_length=20, verbose_name='answer')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='recommendations.reply', verbose_name='corrects')),
            ],
            options={
                'verbose_name': 'answer of an addressee',
                'verbose_name_plural': 'answers of addressees',
                'ordering': ['-on', '-id'],
                'indexes': [models.Index(fields=['recommendation', '-on', '-id'], name='reply_timeline')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='reply_published_when_and_by_whom'), models.CheckConstraint(condition=models.Q(models.Q(('written_at__isnull', True), ('written_by__isnull', True)), models.Q(('written_at__isnull', False), ('written_by__isnull', False)), _connector='OR'), name='reply_written_when_and_by_whom'), models.CheckConstraint(condition=models.Q(models.Q(('submitted_at__isnull', True), ('submitted_by__isnull', True)), models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='reply_submitted_when_and_by_whom'), models.CheckConstraint(condition=models.Q(models.Q(('retracted_at__isnull', True), ('retracted_by__isnull', True)), models.Q(('retracted_at__isnull', False), ('retracted_by__isnull', False)), _connector='OR'), name='reply_retracted_when_and_by_whom'), models.CheckConstraint(condition=models.Q(('retracted_at__isnull', True), models.Q(('published_at__isnull', False), models.Q(('retraction', ''), _negated=True)), _connector='OR'), name='reply_retracted_with_a_reason'), models.CheckConstraint(condition=models.Q(('kind__in', ['none-found', 'acknowledged', 'accepted', 'accepted-in-part', 'declined'])), name='reply_kind_is_known'), models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='reply_language_is_known')],
            },
        ),
        migrations.AlterModelOptions(
            name='report',
            options={'ordering': ['-is_front', 'released', 'id'], 'verbose_name': 'report', 'verbose_name_plural': 'reports'},
        ),
        migrations.AddField(
            model_name='addressee',
            name='contact_url',
            field=models.URLField(blank=True, max_length=600, verbose_name='page with the office’s contact form'),
        ),
        migrations.AddField(
            model_name='addressee',
            name='form_of_address_en',
            field=models.CharField(blank=True, help_text='How a letter begins, such as “Dear Prime Minister”.', max_length=120, verbose_name='form of address in English'),
        ),
        migrations.AddField(
            model_name='addressee',
            name='form_of_address_fr',
            field=models.CharField(blank=True, max_length=120, verbose_name='form of address in French'),
        ),
        migrations.AddField(
            model_name='addressee',
            name='postal_address_fr',
            field=models.TextField(blank=True, help_text='Where the office has a French one.', verbose_name='postal address in French'),
        ),
        migrations.AddField(
            model_name='addressee',
            name='postal_address',
            field=models.TextField(blank=True, help_text='Never a private address.', verbose_name='postal address of the office'),
        ),
        migrations.AddField(
            model_name='historicaladdressee',
            name='contact_url',
            field=models.URLField(blank=True, max_length=600, verbose_name='page with the office’s contact form'),
        ),
        migrations.AddField(
            model_name='historicaladdressee',
            name='form_of_address_en',
            field=models.CharField(blank=True, help_text='How a letter begins, such as “Dear Prime Minister”.', max_length=120, verbose_name='form of address in English'),
        ),
        migrations.AddField(
            model_name='historicaladdressee',
            name='form_of_address_fr',
            field=models.CharField(blank=True, max_length=120, verbose_name='form of address in French'),
        ),
        migrations.AddField(
            model_name='historicaladdressee',
            name='postal_address_fr',
            field=models.TextField(blank=True, help_text='Where the office has a French one.', verbose_name='postal address in French'),
        ),
        migrations.AddField(
            model_name='historicaladdressee',
            name='postal_address',
            field=models.TextField(blank=True, help_text='Never a private address.', verbose_name='postal address of the office'),
        ),
        migrations.AddField(
            model_name='historicalreport',
            name='is_front',
            field=models.BooleanField(default=False, editable=False, verbose_name='front of the site'),
        ),
        migrations.AddField(
            model_name='progressupdate',
            name='retracted_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='retracted'),
        ),
        migrations.AddField(
            model_name='progressupdate',
            name='retracted_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='retracted by'),
        ),
        migrations.AddField(
            model_name='progressupdate',
            name='retraction',
            field=models.TextField(blank=True, editable=False, verbose_name='why it was retracted'),
        ),
        migrations.AddField(
            model_name='progressupdate',
            name='submitted_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='sent to review'),
        ),
        migrations.AddField(
            model_name='progressupdate',
            name='submitted_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent to review by'),
        ),
        migrations.AddField(
            model_name='progressupdate',
            name='written_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='written'),
        ),
        migrations.AddField(
            model_name='progressupdate',
            name='written_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by'),
        ),
        migrations.AddField(
            model_name='report',
            name='is_front',
            field=models.BooleanField(default=False, editable=False, verbose_name='front of the site'),
        ),
        migrations.AddField(
            model_name='source',
            name='read_precision',
            field=models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('year', 'Year')], default='day', max_length=5, verbose_name='known to the'),
        ),
        migrations.AlterField(
            model_name='source',
            name='update',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='recommendations.progressupdate', verbose_name='progress update'),
        ),
        migrations.AddIndex(
            model_name='progressupdate',
            index=models.Index(condition=models.Q(('published_at__isnull', True)), fields=['submitted_at'], name='progress_in_review'),
        ),
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('written_at__isnull', True), ('written_by__isnull', True)), models.Q(('written_at__isnull', False), ('written_by__isnull', False)), _connector='OR'), name='progressupdate_written_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('submitted_at__isnull', True), ('submitted_by__isnull', True)), models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='progressupdate_submitted_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('retracted_at__isnull', True), ('retracted_by__isnull', True)), models.Q(('retracted_at__isnull', False), ('retracted_by__isnull', False)), _connector='OR'), name='progressupdate_retracted_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(('retracted_at__isnull', True), models.Q(('published_at__isnull', False), models.Q(('retraction', ''), _negated=True)), _connector='OR'), name='progressupdate_retracted_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('is_front', True)), fields=('is_front',), name='report_one_front'),
        ),
        migrations.AddField(
            model_name='source',
            name='reply',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='recommendations.reply', verbose_name='answer of an addressee'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('read_precision__in', ['day', 'month', 'year'])), name='source_read_precision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reply__isnull', True), ('update__isnull', False)), models.Q(('reply__isnull', False), ('update__isnull', True)), _connector='OR'), name='source_of_one_finding'),
        ),
        migrations.AddField(
            model_name='historicalrecommendation',
            name='subject',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recommendations.subject', verbose_name='subject'),
        ),
        migrations.AddField(
            model_name='recommendation',
            name='subject',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='recommendations', to='recommendations.subject', verbose_name='subject'),
        ),
        migrations.CreateModel(
            name='ReviewEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('update', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='recommendations.progressupdate')),
                ('reply', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='recommendations.reply')),
                ('act', models.CharField(choices=[('drafted', 'Drafted'), ('edited', 'Edited'), ('submitted', 'Sent to review'), ('sent-back', 'Sent back'), ('published', 'Published'), ('retracted', 'Retracted')], max_length=12)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('note', models.TextField(blank=True)),
                ('words', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'verbose_name': 'act of review',
                'verbose_name_plural': 'acts of review',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('act__in', ['drafted', 'edited', 'submitted', 'sent-back', 'published', 'retracted'])), name='review_act_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('reply__isnull', True), ('update__isnull', False)), models.Q(('reply__isnull', False), ('update__isnull', True)), _connector='OR'), name='review_event_of_one_finding')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=32, unique=True)),
                ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='recommendations.recommendation')),
                ('url', models.URLField(max_length=600, verbose_name='link')),
                ('words', models.TextField(validators=[django.core.validators.MaxLengthValidator(20000)], verbose_name='what it shows')),
                ('language', models.CharField(default='en', max_length=10)),
                ('fingerprint', models.CharField(editable=False, max_length=64, unique=True)),
                ('times', models.PositiveIntegerField(default=1, editable=False)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='sent')),
                ('state', models.CharField(choices=[('waiting', 'Waiting for review'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('known', 'Known already')], default='waiting', editable=False, max_length=20, verbose_name='state')),
                ('reason', models.TextField(blank=True, verbose_name='answer to the sender')),
                ('update', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='evidence', to='recommendations.progressupdate')),
                ('reviewed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='reviewed')),
                ('reviewed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'evidence sent in',
                'verbose_name_plural': 'evidence sent in',
                'ordering': ['id'],
                'indexes': [models.Index(fields=['state', 'id'], name='evidence_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'accepted', 'declined', 'known'])), name='evidence_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', True), ('reviewed_by__isnull', True)), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False)), _connector='OR'), name='evidence_reviewed_when_and_by_whom')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='recommendations.evidence')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('language', models.CharField(default='en', max_length=10)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'address of a sender',
                'verbose_name_plural': 'addresses of senders',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('evidence', 'email'), name='evidence_address_once')],
            },
        ),
        migrations.CreateModel(
            name='Mailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(editable=False, max_length=32, unique=True)),
                ('refuses_since', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'mailbox',
                'verbose_name_plural': 'mailboxes',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Asking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('mailbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='askings', to='recommendations.mailbox')),
            ],
            options={
                'verbose_name': 'letter that asked',
                'verbose_name_plural': 'letters that asked',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('mailbox', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subscribers', to='recommendations.mailbox')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=10, verbose_name='language')),
                ('rhythm', models.CharField(choices=[('daily', 'Once a day at most'), ('weekly', 'Once a week at most')], default='weekly', max_length=10, verbose_name='how often')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('told_until', models.PositiveBigIntegerField(blank=True, null=True)),
                ('next_digest_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'subscriber',
                'verbose_name_plural': 'subscribers',
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('confirmed_at__isnull', False)), fields=['next_digest_at'], name='subscriber_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('rhythm__in', ['daily', 'weekly'])), name='subscriber_rhythm_is_known'), models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr'])), name='subscriber_language_is_known'), models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), models.Q(('next_digest_at__isnull', False), ('told_until__isnull', False)), _connector='OR'), name='subscriber_confirmed_is_told')],
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='recommendations.subscriber')),
                ('recommendation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recommendations.recommendation')),
                ('addressee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recommendations.addressee')),
                ('audience', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recommendations.audience')),
                ('report', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recommendations.report')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('since', models.PositiveBigIntegerField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'thing followed',
                'verbose_name_plural': 'things followed',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('addressee__isnull', True), ('audience__isnull', True), ('recommendation__isnull', False), ('report__isnull', True)), models.Q(('addressee__isnull', False), ('audience__isnull', True), ('recommendation__isnull', True), ('report__isnull', True)), models.Q(('addressee__isnull', True), ('audience__isnull', False), ('recommendation__isnull', True), ('report__isnull', True)), models.Q(('addressee__isnull', True), ('audience__isnull', True), ('recommendation__isnull', True), ('report__isnull', False)), _connector='OR'), name='follow_of_one_thing'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('since__isnull', True)), models.Q(('confirmed_at__isnull', False), ('since__isnull', False)), _connector='OR'), name='follow_confirmed_since_when'), models.UniqueConstraint(condition=models.Q(('recommendation__isnull', False)), fields=('subscriber', 'recommendation'), name='follow_recommendation_once'), models.UniqueConstraint(condition=models.Q(('addressee__isnull', False)), fields=('subscriber', 'addressee'), name='follow_addressee_once'), models.UniqueConstraint(condition=models.Q(('audience__isnull', False)), fields=('subscriber', 'audience'), name='follow_audience_once'), models.UniqueConstraint(condition=models.Q(('report__isnull', False)), fields=('subscriber', 'report'), name='follow_report_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='YearFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='year_figures', to='recommendations.report')),
                ('audience', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recommendations.audience')),
                ('year', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('not-assessed', 'Not yet assessed'), ('no-action-found', 'No action found'), ('under-way', 'Under way'), ('stalled', 'Stalled'), ('partly-in-place', 'Partly in place'), ('in-place', 'In place'), ('undone-since', 'Undone since')], max_length=20)),
                ('n', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('report', 'audience', 'year', 'status'), name='year_figure_once')],
                'indexes': [],
            },
        ),
        migrations.AddIndex(
            model_name='recommendation',
            index=models.Index(fields=['report', 'order'], name='recommendation_in_report'),
        ),
        migrations.RunPython(name_the_front, migrations.RunPython.noop),
        migrations.RunPython(know_the_month, migrations.RunPython.noop),
    ]
