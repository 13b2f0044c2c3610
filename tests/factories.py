"""One factory for every model: the least that is valid. ``published=True`` makes a thing public."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, TypeVar

import factory
from django.contrib.auth.models import Group
from django.db.models import Model
from django.utils import timezone
from django_tasks import TaskResultStatus

from accounts.models import (
    FailedTask,
    Letter,
    LetterState,
    MemberInvitation,
    Membership,
    Organization,
    User,
)
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Answer,
    Batch,
    CheckIn,
    Commitment,
    CommitmentState,
    Consent,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    ContributionState,
    Convener,
    Dialogue,
    Edition,
    EditionFile,
    EditionState,
    Invitation,
    NextStep,
    Outcome,
    Participant,
    PartKind,
    Person,
    PersonRole,
    ReportPart,
    Room,
    Section,
    SectionKind,
    Tally,
    TallySource,
    TeamRole,
    Theme,
    Turn,
    Voted,
)
from recommendations.models import (
    Abbreviation,
    Addressee,
    AddresseeKind,
    Asking,
    Audience,
    DefinitionKind,
    Evidence,
    EvidenceAddress,
    Follow,
    Mailbox,
    Pillar,
    ProgressUpdate,
    Recommendation,
    Reply,
    ReplyKind,
    Report,
    ReviewAct,
    ReviewEvent,
    Source,
    Status,
    Subject,
    Subscriber,
    Term,
    TermKind,
)
from resolutions.models import (
    Association,
    AssociationLevel,
    Clause,
    ClauseKind,
    Council,
    Delivery,
    Instrument,
    Jurisdiction,
    JurisdictionKind,
    ModelResolution,
    PlaceField,
    PlaceTerm,
    RecipientKind,
    Resolution,
    ResolutionText,
    Step,
    StepKind,
    StepSource,
    TextStage,
    Tip,
)

_M = TypeVar("_M", bound=Model)


class Factory(factory.django.DjangoModelFactory[_M]):
    """What all factories share: rows are not saved again after their links are set."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True


class UserFactory(Factory[User]):
    """``roles=[Role.EDITOR]`` puts the person in the groups of those names. No password."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    password = factory.django.Password(None)

    @factory.post_generation
    def roles(self: User, create: bool, extracted: Iterable[str] | None, **kwargs: Any) -> None:
        for role in extracted or ():
            # A test that flushes the database takes the migration's groups with it.
            self.groups.add(Group.objects.get_or_create(name=role)[0])


class OrganizationFactory(Factory[Organization]):
    class Meta:
        model = Organization

    slug = factory.Sequence(lambda n: f"organization-{n}")
    name = factory.Sequence(lambda n: f"Organization {n}")


class MembershipFactory(Factory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)


class MemberInvitationFactory(Factory[MemberInvitation]):
    class Meta:
        model = MemberInvitation

    organization = factory.SubFactory(OrganizationFactory)
    email = factory.Sequence(lambda n: f"member{n}@example.org")
    made_by = factory.SubFactory(UserFactory)


class PublishedFactory(Factory[_M]):
    class Meta:
        abstract = True

    class Params:
        published = factory.Trait(
            published_at=factory.LazyFunction(timezone.now),
            published_by=factory.SubFactory(UserFactory),
        )


class ReportFactory(PublishedFactory[Report]):
    class Meta:
        model = Report

    slug = factory.Sequence(lambda n: f"report-{n}")
    title = factory.Sequence(lambda n: f"Report {n}")
    publisher = "An institute"
    released = date(2009, 9, 21)
    published = True


class AudienceFactory(Factory[Audience]):
    class Meta:
        model = Audience

    slug = factory.Sequence(lambda n: f"audience-{n}")
    code_prefix = factory.Sequence(lambda n: f"{n:04}"[-4:])
    name_en = factory.Sequence(lambda n: f"Audience {n}")
    name_fr = factory.Sequence(lambda n: f"Public {n}")


class PillarFactory(Factory[Pillar]):
    class Meta:
        model = Pillar

    slug = factory.Sequence(lambda n: f"pillar-{n}")
    name_en = factory.Sequence(lambda n: f"Pillar {n}")
    name_fr = factory.Sequence(lambda n: f"Pilier {n}")


class AddresseeFactory(Factory[Addressee]):
    class Meta:
        model = Addressee

    slug = factory.Sequence(lambda n: f"addressee-{n}")
    kind = AddresseeKind.OFFICE
    name_en = factory.Sequence(lambda n: f"Office {n}")
    name_fr = factory.Sequence(lambda n: f"Bureau {n}")


class RecommendationFactory(PublishedFactory[Recommendation]):
    """``addressees=[...]`` says of whom it is asked."""

    class Meta:
        model = Recommendation

    code = factory.Sequence(lambda n: f"XX-{n + 1000:04}")
    report = factory.SubFactory(ReportFactory)
    audience = factory.SubFactory(AudienceFactory)
    pillar = factory.SubFactory(PillarFactory)
    order = factory.Sequence(lambda n: n + 1)
    text = factory.Sequence(lambda n: f"Make prevention priority number {n}.")

    @factory.post_generation
    def addressees(
        self: Recommendation, create: bool, extracted: Iterable[Addressee] | None, **kwargs: Any
    ) -> None:
        if extracted:
            self.addressees.set(extracted)
            Recommendation.changed([self.pk])


class ProgressUpdateFactory(Factory[ProgressUpdate]):
    """A draft. ``update.publish(by=...)`` needs a source: ``SourceFactory(update=update)``."""

    class Meta:
        model = ProgressUpdate

    recommendation = factory.SubFactory(RecommendationFactory, published=True)
    status = Status.UNDER_WAY
    on = date(2024, 5, 1)
    summary = "A bill was tabled."


class SourceFactory(Factory[Source]):
    class Meta:
        model = Source

    update = factory.SubFactory(ProgressUpdateFactory)
    publisher = "A gazette"
    title = factory.Sequence(lambda n: f"Notice {n}")
    url = factory.Sequence(lambda n: f"https://example.org/notices/{n}")
    published_on = date(2024, 5, 1)


class ReplyFactory(Factory[Reply]):
    """A draft of what an addressee answered: ``SourceFactory(update=None, reply=reply)``."""

    class Meta:
        model = Reply

    recommendation = factory.SubFactory(RecommendationFactory, published=True)
    addressee = factory.LazyAttribute(
        lambda reply: reply.recommendation.addressees.first() or AddresseeFactory()
    )
    kind = ReplyKind.ACKNOWLEDGED
    on = date(2024, 5, 1)
    summary = "The office wrote that it had read it."


class ReviewEventFactory(Factory[ReviewEvent]):
    class Meta:
        model = ReviewEvent

    update = factory.SubFactory(ProgressUpdateFactory)
    act = ReviewAct.DRAFTED
    by = factory.SubFactory(UserFactory)


class EvidenceFactory(Factory[Evidence]):
    """Something sent in, that waits for review."""

    class Meta:
        model = Evidence

    key = factory.Sequence(lambda n: f"evidence-{n:06}")
    recommendation = factory.SubFactory(RecommendationFactory, published=True)
    url = factory.Sequence(lambda n: f"https://example.org/found/{n}")
    words = "A minister was named."
    fingerprint = factory.Sequence(lambda n: f"{n:064}")


class EvidenceAddressFactory(Factory[EvidenceAddress]):
    class Meta:
        model = EvidenceAddress

    evidence = factory.SubFactory(EvidenceFactory)
    email = factory.Sequence(lambda n: f"sender-{n}@example.org")


class MailboxFactory(Factory[Mailbox]):
    class Meta:
        model = Mailbox

    fingerprint = factory.Sequence(lambda n: f"{n:032}")


class AskingFactory(Factory[Asking]):
    class Meta:
        model = Asking

    mailbox = factory.SubFactory(MailboxFactory)


class SubscriberFactory(Factory[Subscriber]):
    """An address that has not confirmed yet; ``confirmed=True`` one that has, a week ago."""

    class Meta:
        model = Subscriber

    class Params:
        confirmed = factory.Trait(
            confirmed_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=7)),
            told_until=0,
            next_digest_at=factory.LazyFunction(timezone.now),
        )

    mailbox = factory.SubFactory(MailboxFactory)
    email = factory.Sequence(lambda n: f"reader{n}@example.org")


class FollowFactory(Factory[Follow]):
    """Something that waits to be confirmed; ``confirmed=True`` is, since before anything."""

    class Meta:
        model = Follow

    class Params:
        confirmed = factory.Trait(confirmed_at=factory.LazyFunction(timezone.now), since=0)

    subscriber = factory.SubFactory(SubscriberFactory)
    recommendation = factory.SubFactory(RecommendationFactory, published=True)


class SubjectFactory(Factory[Subject]):
    class Meta:
        model = Subject

    slug = factory.Sequence(lambda n: f"subject-{n}")
    name_en = factory.Sequence(lambda n: f"Subject {n}")


class TermFactory(PublishedFactory[Term]):
    class Meta:
        model = Term

    slug = factory.Sequence(lambda n: f"term-{n}")
    term = factory.Sequence(lambda n: f"term {n}")
    kind = TermKind.LEGAL
    definition_kind = DefinitionKind.OWN_WORDS
    definition_en = "What the word means."
    source = "A treaty"


class AbbreviationFactory(Factory[Abbreviation]):
    class Meta:
        model = Abbreviation

    abbreviation = factory.Sequence(lambda n: f"AB{n}")
    expansion = "Spelled out"
    expanded_in_source = True


class DialogueFactory(PublishedFactory[Dialogue]):
    """``facilitators=[...]`` says whose it is."""

    class Meta:
        model = Dialogue

    slug = factory.Sequence(lambda n: f"dialogue-{n}")
    title = factory.Sequence(lambda n: f"A dialogue, number {n}")
    on = date(2009, 11, 10)
    place = "Vancouver"

    @factory.post_generation
    def facilitators(
        self: Dialogue, create: bool, extracted: Iterable[User] | None, **kwargs: Any
    ) -> None:
        if extracted:
            self.facilitators.set(extracted)


class ConvenerFactory(Factory[Convener]):
    class Meta:
        model = Convener

    dialogue = factory.SubFactory(DialogueFactory)
    organization = factory.SubFactory(OrganizationFactory)


class PersonFactory(Factory[Person]):
    class Meta:
        model = Person

    dialogue = factory.SubFactory(DialogueFactory)
    name = factory.Sequence(lambda n: f"Person {n}")
    role = PersonRole.SPEAKER


class AgendaItemFactory(Factory[AgendaItem]):
    class Meta:
        model = AgendaItem

    dialogue = factory.SubFactory(DialogueFactory)
    kind = AgendaKind.ROUND
    text = "Hopes and concerns"


class SectionFactory(Factory[Section]):
    class Meta:
        model = Section

    dialogue = factory.SubFactory(DialogueFactory)
    kind = SectionKind.INTRODUCTION
    heading = factory.Sequence(lambda n: f"Section {n}")
    body = "What happened."


class ContributionFactory(Factory[Contribution]):
    """Held, unless ``posted=True``. ``about=[...]`` links recommendations."""

    class Meta:
        model = Contribution

    class Params:
        posted = factory.Trait(
            state=ContributionState.POSTED,
            posted_at=factory.LazyFunction(timezone.now),
            posted_by=factory.SubFactory(UserFactory),
        )
        question = factory.Trait(kind=ContributionKind.QUESTION)

    dialogue = factory.SubFactory(DialogueFactory)
    code = factory.Sequence(lambda n: f"S-{n:05}")
    kind = ContributionKind.HOPE
    order = factory.Sequence(lambda n: n + 1)
    text = factory.Sequence(lambda n: f"I hope that number {n} comes true.")

    @factory.post_generation
    def about(
        self: Contribution,
        create: bool,
        extracted: Iterable[Recommendation] | None,
        **kwargs: Any,
    ) -> None:
        if extracted:
            self.link(extracted)


class AnswerFactory(Factory[Answer]):
    class Meta:
        model = Answer

    contribution = factory.SubFactory(ContributionFactory, question=True)
    text = "It depends on all of us."


class CountryFactory(Factory[Jurisdiction]):
    class Meta:
        model = Jurisdiction
        django_get_or_create = ["code"]

    code = "CA"
    kind = JurisdictionKind.COUNTRY
    name_en = "Canada"
    name_fr = "Canada"


class RoomFactory(Factory[Room]):
    class Meta:
        model = Room
        django_get_or_create = ("dialogue",)

    dialogue = factory.SubFactory(DialogueFactory)
    is_open = True


class ParticipantFactory(Factory[Participant]):
    """``agreed=[ConsentPurpose.PUBLISH]`` records those consents."""

    class Meta:
        model = Participant

    dialogue = factory.SubFactory(DialogueFactory)
    seat = factory.Sequence(lambda n: n + 1)

    @factory.post_generation
    def agreed(
        self: Participant, create: bool, extracted: Iterable[ConsentPurpose] | None, **kwargs: Any
    ) -> None:
        for purpose in extracted or ():
            ConsentFactory(participant=self, purpose=purpose)


class ConsentFactory(Factory[Consent]):
    class Meta:
        model = Consent

    participant = factory.SubFactory(ParticipantFactory)
    purpose = ConsentPurpose.RECORD
    wording = "I agree."


class InvitationFactory(Factory[Invitation]):
    class Meta:
        model = Invitation

    dialogue = factory.SubFactory(DialogueFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    role = TeamRole.SCRIBE
    made_by = factory.SubFactory(UserFactory)


class BatchFactory(Factory[Batch]):
    class Meta:
        model = Batch

    dialogue = factory.SubFactory(DialogueFactory)
    made_by = factory.SubFactory(UserFactory)


class CommitmentFactory(Factory[Commitment]):
    """Made in public, confirmed, waiting for review. ``shown=True`` lets it show; ``said=True``
    makes it one of a dialogue, whose maker may be asked.
    """

    class Meta:
        model = Commitment

    class Params:
        shown = factory.Trait(state=CommitmentState.SHOWN)
        said = factory.Trait(
            state=CommitmentState.OF_A_DIALOGUE,
            recommendation=None,
            text="",
            email="",
            confirmed_at=None,
            statement=factory.SubFactory(
                ContributionFactory,
                kind=ContributionKind.COMMITMENT,
                posted=True,
                text="I will write to my member of parliament.",
                participant=factory.SubFactory(
                    ParticipantFactory,
                    dialogue=factory.SelfAttribute("..dialogue"),
                    email="maker@example.org",
                    agreed=[ConsentPurpose.CONTACT],
                ),
            ),
        )

    recommendation = factory.SubFactory(RecommendationFactory, published=True)
    text = factory.Sequence(lambda n: f"I will write {n} letters.")
    email = factory.Sequence(lambda n: f"maker{n}@example.org")
    state = CommitmentState.WAITING
    confirmed_at = factory.LazyFunction(timezone.now)


class CheckInFactory(Factory[CheckIn]):
    class Meta:
        model = CheckIn

    commitment = factory.SubFactory(CommitmentFactory)
    outcome = Outcome.KEPT


class NextStepFactory(Factory[NextStep]):
    class Meta:
        model = NextStep

    dialogue = factory.SubFactory(DialogueFactory)
    text = factory.Sequence(lambda n: f"Write letter number {n}.")


class ReportPartFactory(Factory[ReportPart]):
    """What somebody wrote for one part of a report."""

    class Meta:
        model = ReportPart

    dialogue = factory.SubFactory(DialogueFactory)
    kind = PartKind.INTRODUCTION
    order = 1
    text = "How it *began*."


class EditionFactory(Factory[Edition]):
    """One being made. ``published=True`` stands, without files: see ``EditionFileFactory``."""

    class Meta:
        model = Edition

    class Params:
        published = factory.Trait(
            state=EditionState.PUBLISHED,
            published_at=factory.LazyFunction(timezone.now),
            checksum="0" * 64,
        )

    dialogue = factory.SubFactory(DialogueFactory)
    number = 1
    source = factory.LazyFunction(lambda: {"en": {}})
    front = factory.LazyFunction(lambda: {"de": {}})
    made_at = factory.LazyFunction(timezone.now)
    made_by = factory.SubFactory(UserFactory)


class EditionFileFactory(Factory[EditionFile]):
    class Meta:
        model = EditionFile

    edition = factory.SubFactory(EditionFactory, published=True)
    name = "report.csv"
    content_type = "text/csv; charset=utf-8"
    content = b"code\r\n"
    size = 6
    sha256 = "0" * 64


class ThemeFactory(Factory[Theme]):
    class Meta:
        model = Theme

    dialogue = factory.SubFactory(DialogueFactory)
    name = factory.Sequence(lambda n: f"Theme {n}")


class TurnFactory(Factory[Turn]):
    class Meta:
        model = Turn

    item = factory.SubFactory(AgendaItemFactory)
    participant = factory.SubFactory(
        ParticipantFactory, dialogue=factory.SelfAttribute("..item.dialogue")
    )
    order = factory.Sequence(lambda n: n + 1)


class VotedFactory(Factory[Voted]):
    class Meta:
        model = Voted

    item = factory.SubFactory(AgendaItemFactory)
    participant = factory.SubFactory(
        ParticipantFactory, dialogue=factory.SelfAttribute("..item.dialogue")
    )


class TallyFactory(Factory[Tally]):
    class Meta:
        model = Tally

    item = factory.SubFactory(AgendaItemFactory)
    source = TallySource.BALLOTS
    score = 5


class JurisdictionFactory(Factory[Jurisdiction]):
    """A province."""

    class Meta:
        model = Jurisdiction
        django_get_or_create = ["code"]

    code = "CA-BC"
    kind = JurisdictionKind.PROVINCE
    parent = factory.SubFactory(CountryFactory)
    name_en = "British Columbia"
    name_fr = "Colombie-Britannique"


class AssociationFactory(Factory[Association]):
    """That of a province."""

    class Meta:
        model = Association

    code = factory.Sequence(lambda n: f"association-{n}")
    level = AssociationLevel.PROVINCIAL
    jurisdiction = factory.SubFactory(JurisdictionFactory)
    name_en = factory.Sequence(lambda n: f"Union of Municipalities {n}")


class CouncilFactory(Factory[Council]):
    class Meta:
        model = Council

    slug = factory.Sequence(lambda n: f"council-{n}")
    name = factory.Sequence(lambda n: f"Town {n}")
    jurisdiction = factory.SubFactory(JurisdictionFactory)


class ModelResolutionFactory(PublishedFactory[ModelResolution]):
    class Meta:
        model = ModelResolution

    slug = factory.Sequence(lambda n: f"model-{n}")
    title = factory.Sequence(lambda n: f"Model resolution {n}")
    dated = date(2009, 12, 1)
    report = factory.SubFactory(ReportFactory)


class ClauseFactory(Factory[Clause]):
    """``recommendations=[...]`` says what it asks for."""

    class Meta:
        model = Clause

    model = factory.SubFactory(ModelResolutionFactory)
    code = factory.Sequence(lambda n: f"R-{n}")
    kind = ClauseKind.RESOLVED
    order = factory.Sequence(lambda n: n + 1)
    opening = "BE IT RESOLVED"
    text = "BE IT RESOLVED that the City Council asks for prevention."

    @factory.post_generation
    def recommendations(
        self: Clause, create: bool, extracted: Iterable[Recommendation] | None, **kwargs: Any
    ) -> None:
        if extracted:
            self.recommendations.set(extracted)
            Clause.changed([self.pk])


class PlaceFieldFactory(Factory[PlaceField]):
    class Meta:
        model = PlaceField

    model = factory.SubFactory(ModelResolutionFactory)
    name = factory.Sequence(lambda n: f"field-{n}")
    label = "City"
    varies_with = "municipality"
    original = "Vancouver"


class PlaceTermFactory(Factory[PlaceTerm]):
    class Meta:
        model = PlaceTerm

    clause = factory.SubFactory(ClauseFactory)
    field = factory.SubFactory(PlaceFieldFactory, model=factory.SelfAttribute("..clause.model"))
    text = "City Council"


class ResolutionFactory(PublishedFactory[Resolution]):
    """A draft. ``published=True`` needs ``status_on``: record a step, then publish."""

    class Meta:
        model = Resolution

    slug = factory.Sequence(lambda n: f"resolution-{n}")
    council = factory.SubFactory(CouncilFactory)
    instrument = Instrument.COUNCIL_RESOLUTION
    title = factory.Sequence(lambda n: f"Resolution {n}")


class StepFactory(Factory[Step]):
    """A row as it stands. To test what may follow what, call ``resolution.record_step``."""

    class Meta:
        model = Step

    class Params:
        verified = factory.Trait(
            verified_at=factory.LazyFunction(timezone.now),
            verified_by=factory.SubFactory(UserFactory),
        )

    resolution = factory.SubFactory(ResolutionFactory)
    kind = StepKind.SUBMITTED
    on = date(2010, 1, 12)
    recorded_by = factory.SubFactory(UserFactory)


class StepSourceFactory(Factory[StepSource]):
    class Meta:
        model = StepSource

    step = factory.SubFactory(StepFactory)
    publisher = "City of Vancouver"
    title = factory.Sequence(lambda n: f"Minutes {n}")
    url = factory.Sequence(lambda n: f"https://example.org/minutes/{n}")


class DeliveryFactory(Factory[Delivery]):
    """A copy that is owed."""

    class Meta:
        model = Delivery

    resolution = factory.SubFactory(ResolutionFactory)
    kind = RecipientKind.OTHER
    recipient = factory.Sequence(lambda n: f"Office {n}")
    due_on = date(2010, 4, 8)


class LetterFactory(Factory[Letter]):
    """A letter that a mail server refused for good."""

    class Meta:
        model = Letter

    event = factory.Sequence(lambda n: f"tip-{n}-x")
    to = factory.Sequence(lambda n: f"person-{n}@example.org")
    subject = text = "What came of it"
    language = "en"
    state = LetterState.FAILED
    problem = "550 5.1.1 is not known here"


class FailedTaskFactory(Factory[FailedTask]):
    """A task that was given up."""

    class Meta:
        model = FailedTask

    args_kwargs = factory.LazyFunction(lambda: {"args": [1], "kwargs": {}})
    task_path = "accounts.tasks.send_letter"
    backend_name = "default"
    run_after = started_at = finished_at = factory.LazyFunction(timezone.now)
    status = TaskResultStatus.FAILED
    return_value = 0  # its table wants one
    worker_ids = factory.LazyFunction(lambda: ["a"] * 6)
    exception_class_path = "builtins.ValueError"
    traceback = "accounts/letters.py:1 send"


class TipFactory(Factory[Tip]):
    """What somebody reported, waiting for review."""

    class Meta:
        model = Tip

    key = factory.Sequence(lambda n: f"key-{n}")
    fingerprint = factory.Sequence(lambda n: f"fingerprint-{n}")
    council = factory.SubFactory(CouncilFactory)
    kind = StepKind.ADOPTED
    on = date(2010, 3, 9)
    url = factory.Sequence(lambda n: f"https://example.org/report/{n}")


class ResolutionTextFactory(Factory[ResolutionText]):
    """A text as adopted: one recital, one operative clause, one that says where copies go."""

    class Meta:
        model = ResolutionText

    resolution = factory.SubFactory(ResolutionFactory)
    stage = TextStage.ADOPTED
    title = "A resolution on preventing mass atrocities"
    recorded_by = factory.SubFactory(UserFactory)
    clauses = factory.LazyFunction(
        lambda: [
            {"kind": "recital", "text": "WHEREAS it matters;", "opening": "WHEREAS", "code": ""},
            {"kind": "resolved", "text": "RESOLVED that it be.", "opening": "", "code": ""},
            {
                "kind": "distribution",
                "text": "RESOLVED that copies be sent to the Prime Minister of Canada, the Premier "
                "of British Columbia, and the Union of B.C. Municipalities.",
                "opening": "",
                "code": "",
            },
        ]
    )
