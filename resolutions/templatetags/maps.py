"""Maps and curves as SVG: what ``resolutions.drawing`` worked out, as text.

Maps are put together here rather than by templates: a map has hundreds of pieces, and a template
takes as long for each of them as for a paragraph.
"""

from collections.abc import Iterable
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from resolutions.drawing import SIDE, Curve, Mark, RegionMap, Tile, TileMap, percent, share_of
from resolutions.totals import Place

register = template.Library()


@register.simple_tag
def draw_tiles(tiles: TileMap) -> SafeString:
    """The tile map; a tile with something on record is a link to the page of its place."""
    empty = "".join(
        f'{_square(tile)}<text x="{tile.middle}" y="{tile.y + 25}">{tile.letters}</text>'
        for tile in tiles.empty
    )
    there = "\n".join(map(_linked, tiles.there))
    inside = f'<g aria-hidden="true">{empty}</g>\n{there}'
    return _svg("map", tiles.width, tiles.height, tiles.label, bool(there), inside)


def _svg(
    name: str, width: int, height: int, label: str, has_links: bool, inside: str
) -> SafeString:
    role = "group" if has_links else "img"
    html = (
        f'<svg class="{name}" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="{role}"'
        f' aria-label="{escape(label)}">\n{inside}\n</svg>'
    )
    return mark_safe(html)  # noqa: S308 - numbers, and words escaped


def _square(tile: Tile) -> str:
    return (
        f'<rect class="map__tile" x="{tile.x}" y="{tile.y}" width="{SIDE}" height="{SIDE}" rx="3"/>'
    )


def _linked(tile: Tile) -> str:
    shade = f" map__link--{tile.shade}" if tile.shade else ""
    inside = f'{_square(tile)}<text x="{tile.middle}" y="{tile.y + 15}">{tile.letters}</text>'
    if tile.place.adopted:
        inside += (
            f' <text class="map__number" x="{tile.middle}" y="{tile.y + 29}">'
            f"{tile.place.adopted}</text>"
        )
    inside += _marks(tile.marks)
    if tile.bar:
        at = f'x="{tile.x + 4}" y="{tile.y + 33}" height="4"'
        inside += f'<rect class="map__bar" {at} width="{SIDE - 8}"/>'
        inside += f'<rect class="map__share" {at} width="{tile.bar}"/>'
    return (
        f'<a class="map__link{shade}" href="{escape(tile.url)}"'
        f' aria-label="{escape(tile.label)}">{inside}</a>'
    )


def _marks(marks: Iterable[Mark]) -> str:
    return "".join(map(_mark, marks))


def _mark(mark: Mark) -> str:
    x, y, n = mark.x, mark.y, mark.size
    if mark.kind == "proclaimed":
        corners = f"M{x} {y - n}l{n} {n}l-{n} {n}l-{n}-{n}z"
        return f'<path class="mark mark--proclaimed" d="{corners}"/>'
    strike = f'<path class="mark mark--strike" d="M{x - n} {y + n}l{2 * n}-{2 * n}"/>'
    return f'<circle class="mark mark--{mark.kind}" cx="{x}" cy="{y}" r="{n}"/>' + (
        strike if mark.kind == "ended" else ""
    )


@register.simple_tag
def legend_mark(kind: str) -> SafeString:
    """A mark as the legend of a map shows it."""
    return _swatch(_mark(Mark(kind, 8, 8, 6)))


@register.simple_tag
def legend_tile(shade: str) -> SafeString:
    """A square as the legend of the tile map shows it: of ``Tile.shade``, or with a “bar”."""
    link = f"map__link map__link--{shade}" if shade else "map__link"
    inside = '<rect class="map__tile" x="2" y="2" width="12" height="12" rx="1"/>'
    if shade == "bar":
        at = 'x="1" y="6" height="4"'
        inside = (
            f'<rect class="map__bar" {at} width="14"/><rect class="map__share" {at} width="6"/>'
        )
    return _swatch(f'<g class="{link}">{inside}</g>')


def _swatch(drawn: str) -> SafeString:
    size = 'viewBox="0 0 16 16" width="16" height="16"'
    html = f'<svg class="legend__mark" {size} aria-hidden="true">{drawn}</svg>'
    return mark_safe(html)  # noqa: S308 - nothing in it is anybody's


@register.inclusion_tag("resolutions/_region_map.html")
def draw_region(drawing: RegionMap) -> dict[str, Any]:
    """A province or state with its councils, those with something on record as links; a legend."""
    others = "".join(
        f'<path class="region-map__others" stroke-width="{size}" d="{path}"/>\n'
        for size, path in drawing.others
    )
    links = "\n".join(
        f'<a href="{escape(point.url)}" aria-label="{escape(point.label)}">'
        f"<title>{escape(point.label)}</title>{_mark(point)}</a>"
        for point in drawing.linked
    )
    inside = (
        f'<path class="region-map__land" d="{drawing.boundary.path}"/>\n'
        f"{others}{_marks(drawing.unlinked)}\n{links}"
    )
    width, height = drawing.boundary.width, drawing.boundary.height
    svg = _svg("region-map", width, height, drawing.label, bool(links), inside)
    return {"map": drawing, "svg": svg}


@register.inclusion_tag("resolutions/_curve.html")
def draw_curve(curve: Curve) -> dict[str, Any]:
    """How many councils had adopted over time, and the same as a table to open."""
    return {"curve": curve}


@register.simple_tag
def share(place: Place, code: str) -> str:
    """What part of the people of a place is covered, in percent; '' where that is not known."""
    part = share_of(place, code)
    return percent(part) if part else ""


@register.filter
def in_percent(part: float) -> str:
    """A share as percent, in brackets; '' for none."""
    return f"({percent(part)})" if part else ""


@register.filter
def counted(n: int, what: str = "councils") -> str:
    """A number as text; “none” for 0, of councils or of “people”."""
    if n:
        return str(intcomma(n))
    return pgettext("people", "none") if what == "people" else pgettext("councils", "none")
