"""What a reader of a report wants: a format (`?format=` or `Accept`), a language (`?lang=` or `Accept-Language`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Header, Query

from shared.errors import Refusal
from shared.reports.words import Language


class NotAcceptable(Refusal):
    """None of the formats that `Accept` lists is one of ours."""

    status = 406
    code = "not-acceptable"
    title = "Format non proposé"


class ReportFormat(StrEnum):
    """The renderings of a report."""

    JSON = "json"
    HTML = "html"
    CSV = "csv"
    XLSX = "xlsx"
    VALIDATA = "validata"


MEDIA_TYPES = {
    ReportFormat.JSON: "application/json",
    ReportFormat.HTML: "text/html",
    ReportFormat.CSV: "text/csv",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFormat.VALIDATA: "application/vnd.validata+json",
}
"""Validata's shape has a type of its own, so that `application/json` is one shape; `/validate` answers as Validata."""

_BY_MEDIA = {media_type: one for one, media_type in MEDIA_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Wish:
    """How the report is to be given."""

    format: ReportFormat | None
    """None: nothing was said, or anything will do."""
    language: Language
    spreadsheet: bool
    """CSV for a spreadsheet of this country: byte order mark, semicolons, column names for people."""

    def format_or(self, default: ReportFormat) -> ReportFormat:
        """The format, where `default` is what a route gives to who asks for nothing."""
        return self.format or default


async def spoken(
    lang: Annotated[Language | None, Query(description="Langue ; prime sur `Accept-Language`. Sans rien : fr.")] = None,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Language:
    """A dependency: the language of the answer."""
    return lang or language_of(accept_language)


Spoken = Annotated[Language, Depends(spoken)]


async def wish(
    language: Spoken,
    format: Annotated[
        ReportFormat | None, Query(description="Format du rapport ; prime sur `Accept`. Sans rien : json.")
    ] = None,
    tableur: Annotated[
        bool, Query(description="csv : avec BOM et points-virgules, pour l'ouvrir dans un tableur.")
    ] = False,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Wish:
    """A dependency. Raises NotAcceptable."""
    return Wish(format or format_of(accept), language, tableur)


Wished = Annotated[Wish, Depends(wish)]


def format_of(accept: str | None) -> ReportFormat | None:
    """The best of our formats for an `Accept` (RFC 9110, 12.5.1); None when anything will do. Raises NotAcceptable."""
    ranked = list(_ranked(accept or ""))
    if not ranked:
        return None
    for name in ranked:
        if name in ("*/*", "application/*"):
            return None
        if name == "text/*":
            return ReportFormat.HTML
        if name in _BY_MEDIA:
            return _BY_MEDIA[name]
    raise NotAcceptable(
        f"Le rapport n'existe dans aucun des formats demandés par « Accept: {(accept or '')[:100]} ».",
        action="Demandez application/json, text/html, text/csv, un classeur XLSX, ou ?format=json.",
    )


def language_of(accept_language: str | None) -> Language:
    """French, unless English is preferred to it (RFC 9110, 12.5.4)."""
    for name in _ranked(accept_language or ""):
        if name.split("-")[0] in ("fr", "*"):
            return "fr"
        if name.split("-")[0] == "en":
            return "en"
    return "fr"


def _ranked(header: str) -> Iterator[str]:
    """Names of a header with quality values, best first; those refused (`q=0`) left out."""
    weighed = []
    for part in header.split(",")[:50]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((_weight(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        if name and weight > 0:
            weighed.append((-weight, name))
    return (name for _, name in sorted(weighed, key=lambda item: item[0]))


def _weight(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
