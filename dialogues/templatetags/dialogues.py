"""How numbers of statements are written."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogues import saying
from dialogues.models import Contribution, ContributionKind

register = template.Library()


@register.filter
def counted(n: int, kind: str) -> str:
    """How many statements of a kind: “29 hopes”."""
    match kind:
        case ContributionKind.HOPE:
            words = ngettext("%(n)s hope", "%(n)s hopes", n)
        case ContributionKind.CONCERN:
            words = ngettext("%(n)s concern", "%(n)s concerns", n)
        case ContributionKind.QUESTION:
            words = ngettext("%(n)s question", "%(n)s questions", n)
        case ContributionKind.RESERVATION:
            words = ngettext("%(n)s reservation", "%(n)s reservations", n)
        case ContributionKind.IDEA:
            words = ngettext("%(n)s idea", "%(n)s ideas", n)
        case ContributionKind.COMMITMENT:
            words = ngettext("%(n)s commitment", "%(n)s commitments", n)
        case _:
            words = ngettext("%(n)s statement", "%(n)s statements", n)
    number = number_format(n, force_grouping=True)
    return (words % {"n": number}).replace(f"{number} ", f"{number}\u00a0")  # one piece


@register.filter
def plural_kind(kind: str) -> str:
    """The heading above statements of a kind."""
    words = {
        ContributionKind.HOPE: _("Hopes"),
        ContributionKind.CONCERN: _("Concerns"),
        ContributionKind.QUESTION: _("Questions"),
        ContributionKind.RESERVATION: _("Reservations"),
        ContributionKind.IDEA: _("Ideas"),
        ContributionKind.COMMITMENT: _("Commitments"),
    }
    return words[ContributionKind(kind)]


@register.filter
def number_of(counts: dict[str, int], kind: str) -> str:
    return number_format(counts.get(kind, 0), force_grouping=True)


@register.simple_tag
def all_of(n: int, kind: str) -> str:
    """A link's words: “All 812 hopes”. There are always more than a page holds."""
    words = {
        ContributionKind.HOPE: _("All %(n)s hopes"),
        ContributionKind.CONCERN: _("All %(n)s concerns"),
        ContributionKind.QUESTION: _("All %(n)s questions"),
        ContributionKind.RESERVATION: _("All %(n)s reservations"),
        ContributionKind.IDEA: _("All %(n)s ideas"),
        ContributionKind.COMMITMENT: _("All %(n)s commitments"),
    }
    return words[ContributionKind(kind)] % {"n": number_format(n, force_grouping=True)}


@register.filter
def by_kind(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Kinds that have statements with their number, in the order of the 2009 report."""
    return [(kind.value, counts[kind]) for kind in ContributionKind if counts.get(kind)]


@register.filter
def is_open_to_its_maker(statement: Contribution) -> bool:
    """Whether whoever said it may still change it."""
    return saying.is_open(statement)
