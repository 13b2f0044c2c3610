"""How lengths of time are written."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def as_hours(minutes: int) -> str:
    """Minutes in words: “45 min”, “2 h”, “2 h 15 min”."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(n)d min") % {"n": rest}
    if not rest:
        return _("%(n)d h") % {"n": hours}
    return _("%(hours)d h %(n)d min") % {"hours": hours, "n": rest}
