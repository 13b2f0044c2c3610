"""What happened, as a feed."""

from datetime import UTC, datetime, time

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recommendations.caching import DIALOGUES, RECOMMENDATIONS, RESOLUTIONS, public_page
from recommendations.exporting import printable
from recommendations.models import Entry
from w2i.pages.sentences import sentence_of


class ActivityFeed(Feed):
    """The forty newest events of the activity list, as Atom."""

    feed_type = Atom1Feed
    csrf_exempt = True  # as ``public_page`` makes its views

    def __call__(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return _kept(request, super().__call__)

    def title(self) -> str:
        return _("W2I: what happened")

    def subtitle(self) -> str:
        return _("Recommendations, dialogues and resolutions, newest first.")

    def link(self) -> str:
        return reverse("activity")

    def feed_url(self) -> str:
        return reverse("activity_feed")

    def items(self) -> list[Entry]:
        return list(Entry.objects.activity()[:40])

    def item_title(self, item: Entry) -> str:
        sentence = printable(sentence_of(item))
        return f"{_('Demonstration data')}: {sentence}" if item.is_demo else sentence

    def item_description(self, item: Entry) -> str:
        return escape(printable(item.text[:500]))  # read as markup

    def item_link(self, item: Entry) -> str:
        return ("/fr" if get_language() == "fr" else "") + item.path

    def item_guid(self, item: Entry) -> str:
        return f"tag:w2i,2009:{item.kind}-{item.object_id}"

    def item_pubdate(self, item: Entry) -> datetime:
        assert item.on is not None  # noqa: S101 - the database holds it for activity
        return datetime.combine(item.on, time(), tzinfo=UTC)

    item_updateddate = item_pubdate


@public_page(RECOMMENDATIONS, DIALOGUES, RESOLUTIONS)
def _kept(request: HttpRequest, make: object) -> HttpResponse:
    assert callable(make)  # noqa: S101 - ActivityFeed passes its own method
    response: HttpResponse = make(request)
    del response["Last-Modified"]  # the day of the newest event says nothing about corrections
    return response
