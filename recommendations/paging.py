"""Long lists, forty at a time."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db import models
from django.http import Http404, HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

_M = TypeVar("_M", bound=models.Model)
PER_PAGE = 40


class Pages(Paginator):
    """Pages of a QuerySet that cost the same wherever they are.

    To reach page 1,000 a database must pass 40,000 rows; here it passes the keys of an index
    only, and reads whole rows, with all that hangs from them, for the 40 it shows.
    """

    def __init__(self, rows: "models.QuerySet[Any]", per_page: int) -> None:
        super().__init__(rows, per_page)
        self.rows = rows
        self.bare = rows.select_related(None).prefetch_related(None)

    def page(self, number: int | str) -> "Page[Any]":
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = list(self.bare.values_list("pk", flat=True)[start : start + self.per_page])
        found = {row.pk: row for row in self.rows.order_by().filter(pk__in=keys)}
        return Page([found[key] for key in keys if key in found], number, self)

    @cached_property
    def count(self) -> int:
        return self.counted()

    def counted(self) -> int:
        """How many rows there are. ``count`` is that, or whatever it was set to before."""
        return self.bare.order_by().count()


def page_of(
    request: HttpRequest, rows: "models.QuerySet[_M]", per_page: int = PER_PAGE
) -> "Page[Any]":
    """The page of ``rows`` that ``?page=`` asks for.

    Raises:
        Http404: there is no such page; says so in a sentence for the reader.
    """
    return asked_page(request, Pages(rows, per_page))


def asked_page(request: HttpRequest, pages: "Paginator[Any]") -> "Page[Any]":
    """The page of ``pages`` that ``?page=`` asks for; raises as ``page_of`` does."""
    asked = request.GET.get("page", "1")
    # isascii: '²' is a digit to Python, and no number.
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= 9):
        raise Http404(_("There is no page “%(page)s” of this list.") % {"page": asked[:20]})
    if not 1 <= int(asked) <= max(pages.num_pages, 1):
        raise Http404(
            _("This list ends at page %(last)d, so there is no page %(page)s.")
            % {"last": pages.num_pages, "page": int(asked)}
        )
    return pages.page(int(asked))
