"""The forms in which rows leave: their names, their media types, and which one a request prefers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.catalog.view import DatasetView
from shared.errors import Refusal
from shared.registry import Geography
from shared.rows import RowColumn

REPRESENTATION = 2
"""Counts up when the same rows are written another way, so that nobody's cache, nor ours, keeps the old way."""

INTEGERS = ("version",)
"""Columns that tell where a row comes from, and are numbers."""


class Format(StrEnum):
    """Also the extension of the files."""

    CSV = "csv"
    NDJSON = "ndjson"
    JSON = "json"
    GEOJSON = "geojson"
    XLSX = "xlsx"
    PARQUET = "parquet"


MEDIA_TYPES: Mapping[Format, str] = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.NDJSON: "application/x-ndjson",
    Format.JSON: "application/json",
    Format.GEOJSON: "application/geo+json",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PARQUET: "application/vnd.apache.parquet",
}

COMPRESSED_WITHIN = (Format.XLSX, Format.PARQUET)
"""Nothing is won by a content coding."""


class FormatNotAvailable(Refusal):
    """The rows cannot take the form that was asked for."""

    status = 406
    code = "format-not-available"
    title = "Format impossible pour ces données"


@dataclass(frozen=True, slots=True)
class Columns:
    """The declared columns of a file, any other is text; and what places its rows on the map."""

    declared: Mapping[str, RowColumn]
    geography: Geography | None = None

    def kind(self, name: str) -> str:
        """Table Schema type of a column of the file."""
        if name in INTEGERS and name not in self.declared:
            return "integer"
        return self.declared[name].field_type if name in self.declared else "string"


def columns_of(view: DatasetView, format_: Format) -> Columns:
    """The columns of the view's files. Raises FormatNotAvailable for a map of what has no place."""
    geography = view.table.geography
    if format_ is Format.GEOJSON and geography is None:
        raise FormatNotAvailable(
            f"« {view.dataset_id} » n'a pas de coordonnées : il n'existe pas en GeoJSON.",
            action="Demandez csv, json, ndjson, xlsx ou parquet.",
        )
    return Columns({column.field_name: column for column in reversed(view.table.columns)}, geography)


def preferred_format(accept: str | None) -> Format | None:
    """The format of whole answers that an Accept header prefers (RFC 9110, 12.5.1); None for a page of JSON, which is
    also the answer to whoever accepts nothing of ours. What is named wins over what `*` covers."""
    weights = dict(_weighed(part) for part in (accept or "").lower().split(",") if part.strip())
    best, chosen = _preference("application/json", weights), None
    for format_ in Format:
        preference = _preference(MEDIA_TYPES[format_].partition(";")[0], weights)
        if preference > best and format_ is not Format.JSON:
            best, chosen = preference, format_
    return chosen


def _preference(media_type: str, weights: Mapping[str, float]) -> tuple[float, int]:
    """Weight of a media type, and how closely it was named: 2 by itself, 1 by `type/*`, 0 by `*/*` or not at all."""
    for closeness, name in ((2, media_type), (1, media_type.partition("/")[0] + "/*"), (0, "*/*")):
        if name in weights:
            return weights[name], closeness if weights[name] else 0
    return 0.0, 0


def _weighed(part: str) -> tuple[str, float]:
    name, *parameters = part.replace(" ", "").split(";")
    weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    return name, float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 1.0
