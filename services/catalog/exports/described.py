"""Files of rows, as OpenAPI documents tell them."""

from typing import Any

from services.catalog.exports.formats import MEDIA_TYPES, Format

_BYTES: dict[str, Any] = {"type": "string", "format": "binary"}

_ROW: dict[str, Any] = {"type": "object", "description": "Les membres sont les colonnes du jeu de données."}

_ROWS: dict[str, Any] = {
    "type": "object",
    "required": ["data"],
    "properties": {"data": {"type": "array", "items": _ROW}},
}

_POINT: dict[str, Any] = {
    "type": ["object", "null"],
    "description": "Null pour une ligne sans coordonnées.",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"const": "Point"},
        "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    },
}

_FEATURE: dict[str, Any] = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {"type": {"const": "Feature"}, "geometry": _POINT, "properties": _ROW},
}

_MAP: dict[str, Any] = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": _FEATURE}},
}

_SCHEMAS = {Format.JSON: _ROWS, Format.GEOJSON: _MAP}


def _content(schemas: dict[Format, dict[str, Any]]) -> dict[str, Any]:
    return {name.partition(";")[0]: {"schema": schemas.get(one, _BYTES)} for one, name in MEDIA_TYPES.items()}


WHOLE = _content(_SCHEMAS)
"""By media type: a file with all the rows asked for."""

PART = _content({})
"""By media type: some bytes of such a file."""
