"""How an edition is named and cited on a page."""

from django import template

from dialogues.report import citing

register = template.Library()

# Of a Report: how to cite it; which edition it is, of which day.
register.filter("citation", citing.citation_of)
register.filter("named_edition", citing.edition_of)
