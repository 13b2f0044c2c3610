"""Maps and curves as SVG: what ``resolutions.drawing`` worked out, drawn by a template each."""

from typing import Any

from django import template

from resolutions.drawing import Curve, RegionMap, TileMap, percent, share_of
from resolutions.totals import Place

register = template.Library()


@register.inclusion_tag("resolutions/_tile_map.html")
def draw_tiles(tiles: TileMap) -> dict[str, Any]:
    """The tile map; a tile with something on record is a link to the page of its place."""
    return {"map": tiles}


@register.inclusion_tag("resolutions/_curve.html")
def draw_curve(curve: Curve) -> dict[str, Any]:
    """How many councils had adopted over time, and the same as a table to open."""
    return {"curve": curve}


@register.inclusion_tag("resolutions/_region_map.html")
def draw_region(drawing: RegionMap) -> dict[str, Any]:
    """A province or state with its councils; those with something on record are links."""
    return {"map": drawing}


@register.simple_tag
def share(place: Place, code: str) -> str:
    """What part of the people of a place is covered, in percent; '' where that is not known."""
    part = share_of(place, code)
    return percent(part) if part else ""
