"""English for the few French words that rooms put in the places of sentences (`why`, `form`, `limit`…).

New rooms give both languages at once (`shared.reports.words.said`), or lists of names, and need nothing here.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from shared.reports.words import Detail, said

FRAGMENTS: Mapping[str, str] = {
    " : il ne doit contenir que des chiffres": ": it must contain digits only",
    " : sa clé de contrôle est fausse": ": its check digit is wrong",
    "une année AAAA ou une période AAAA/AAAA": "a year YYYY or a period YYYY/YYYY",
    "une période AAAA/AAAA": "a period YYYY/YYYY",
    "un code de commune du code officiel géographique": "a code of commune of the official geographic code",
    "un nom de commune du code officiel géographique": "a name of commune of the official geographic code",
    "un code postal d’une commune": "a postal code of a commune",
    "un numéro de département": "a number of department",
    "un nom de département": "a name of department",
    "un code de région": "a code of region",
    "un nom de région": "a name of region",
    "un code de pays à deux lettres (ISO 3166-1)": "a country code of two letters (ISO 3166-1)",
    "un code de pays à trois lettres (ISO 3166-1)": "a country code of three letters (ISO 3166-1)",
    "supérieur à": "greater than",
    "supérieur ou égal à": "greater than or equal to",
    "égal à": "equal to",
    "inférieur ou égal à": "less than or equal to",
    "inférieur à": "less than",
    "temps de calcul": "computing time",
    "mémoire": "memory",
    "durée": "duration",
    "aucun caractère": "no character",
    "une archive ZIP ou un classeur (XLSX, ODS)": "a ZIP archive or a workbook (XLSX, ODS)",
    "une archive ZIP vide": "an empty ZIP archive",
    "une archive ZIP": "a ZIP archive",
    "un ancien document Microsoft Office (XLS)": "an old Microsoft Office document (XLS)",
    "un fichier compressé (gzip)": "a compressed file (gzip)",
    "un fichier compressé (Zstandard)": "a compressed file (Zstandard)",
    "un fichier compressé (bzip2)": "a compressed file (bzip2)",
    "une archive 7-Zip": "a 7-Zip archive",
    "un fichier Parquet": "a Parquet file",
    "un document PDF": "a PDF document",
    "un document XML": "an XML document",
    "un document JSON": "a JSON document",
    "une base SQLite": "an SQLite database",
    "une image": "an image",
}

PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r" : il compte (\d+) chiffres au lieu de (\d+)"),
        lambda m: f": it has {m[1]} digits instead of {m[2]}",
    ),
    (re.compile(r" ; absentes du fichier : (.+)", re.DOTALL), lambda m: f"; missing from the file: {m[1]}"),
    (re.compile(r", par exemple « (.*) »", re.DOTALL), lambda m: f", for example “{m[1]}”"),
    (
        re.compile(r"(.+) dont la seconde année suit la première"),
        lambda m: f"{FRAGMENTS.get(m[1], m[1])} whose second year follows the first",
    ),
    (re.compile(r"« .* »", re.DOTALL), lambda m: m[0].replace("« ", "“").replace(" »", "”")),
)


def both(value: Any) -> Detail:
    """A detail as a report keeps it: words of ours in both languages, anything else as it is."""
    if isinstance(value, str):
        return _both(value)
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return value if isinstance(value, int | float | dict) or value is None else str(value)


@lru_cache(maxsize=1024)
def _both(text: str) -> Detail:
    if text in FRAGMENTS:
        return said(text, FRAGMENTS[text])
    for pattern, english in PATTERNS:
        if found := pattern.fullmatch(text):
            return said(text, english(found))
    return text
