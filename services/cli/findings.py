"""The findings of a report on the terminal, in the language of the report."""

from collections.abc import Mapping, Sequence

from services.cli.push.answers import FoundFault, FoundFaults
from services.cli.screen import Screen
from shared.reports.labels import thousands
from shared.reports.words import Language

SHOWN_LIMIT = 50
CORRECTIONS_LIMIT = 10
_SEVERITIES = ("error", "warning", "info")

WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "findings": "Constats",
        "headers": "Ligne|Colonne|Valeur|Constat|Attendu|Comment corriger",
        "error": "erreur",
        "warning": "avertissement",
        "info": "information",
        "times": "{mark}, {count} fois",
        "file": "fichier",
        "shown": "{shown} erreurs et avertissements montrés sur {total}.",
        "corrections": "Corrections",
        "corrections_headers": "Ligne|Colonne|Ce qui a été lu autrement",
        "corrections_shown": "{shown} corrections montrées sur {total}.",
    },
    "en": {
        "findings": "Findings",
        "headers": "Line|Column|Value|Finding|Expected|How to mend",
        "error": "error",
        "warning": "warning",
        "info": "information",
        "times": "{mark}, {count} times",
        "file": "file",
        "shown": "{shown} of {total} errors and warnings shown.",
        "corrections": "Corrections",
        "corrections_headers": "Line|Column|What was read otherwise",
        "corrections_shown": "{shown} of {total} corrections shown.",
    },
}

COUNTED: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "fr": (("aucune erreur", "erreur"), ("aucun avertissement", "avertissement"), ("aucune correction", "correction")),
    "en": (("no error", "error"), ("no warning", "warning"), ("no correction", "correction")),
}
"""Errors, warnings, corrections: what is said of none, and of one."""


def show_findings(
    screen: Screen,
    found: FoundFaults,
    *,
    title: str | None = None,
    limit: int = SHOWN_LIMIT,
    language: Language = "fr",
) -> None:
    """The first `limit` errors and warnings as a table, errors first; what is only to be known, once a kind; the
    counts."""
    words = WORDS[language]
    told = sorted((one for one in found.listed if one.severity != "info"), key=lambda one: _rank(one.severity))[:limit]
    rows = [finding_row(one, language) for one in told] + _known_rows(found.listed, language)
    if rows:
        screen.table(words["findings"] if title is None else title, words["headers"].split("|"), rows)
    total = found.errors + found.warnings
    if len(told) < total:
        screen.say(
            words["shown"].format(shown=thousands(len(told), language), total=thousands(total, language)), "soft"
        )
    screen.say(counts_sentence(found.errors, found.warnings, found.corrections, language=language))


def show_corrections(
    screen: Screen, found: FoundFaults, *, limit: int = CORRECTIONS_LIMIT, language: Language = "fr"
) -> None:
    """The first `limit` corrections as a table."""
    words, listed = WORDS[language], found.read_otherwise[:limit]
    if listed:
        rows = [(_line(one.row, language), one.column or "—", one.message) for one in listed]
        screen.table(words["corrections"], words["corrections_headers"].split("|"), rows)
    if len(listed) < found.corrections:
        counts = {"shown": thousands(len(listed), language), "total": thousands(found.corrections, language)}
        screen.say(words["corrections_shown"].format(**counts), "soft")


def finding_row(one: FoundFault, language: Language = "fr") -> tuple[str, ...]:
    """The cells of a finding under its headers."""
    mark = "" if one.severity == "error" else f"({WORDS[language][one.severity]}) "
    return (
        _line(one.row, language),
        one.column or "—",
        one.value or "—",
        f"{mark}{one.message}",
        one.expected or "—",
        one.how_to_mend or "—",
    )


def _known_rows(listed: Sequence[FoundFault], language: Language) -> list[tuple[str, ...]]:
    """One row for all findings of a code that only inform: its first, the columns of all."""
    kinds: dict[str, list[FoundFault]] = {}
    for one in listed:
        if one.severity == "info":
            kinds.setdefault(one.code, []).append(one)
    rows: list[tuple[str, ...]] = []
    for same in kinds.values():
        line, _, value, message, *rest = finding_row(same[0], language)
        columns = ", ".join(dict.fromkeys(one.column for one in same if one.column)) or "—"
        if len(same) > 1:
            mark = WORDS[language]["times"].format(mark=WORDS[language]["info"], count=thousands(len(same), language))
            message = f"({mark}) {same[0].message}"
        rows.append((line, columns, value, message, *rest))
    return rows


def counts_sentence(errors: int, warnings: int, corrections: int, *, language: Language = "fr") -> str:
    """« 2 erreurs, 1 avertissement, aucune correction. »"""
    numbers, words = (errors, warnings, corrections), COUNTED[language]
    sentence = ", ".join(_counted(number, *each, language) for number, each in zip(numbers, words, strict=True)) + "."
    return sentence[0].upper() + sentence[1:]


def _counted(number: int, none: str, word: str, language: Language) -> str:
    if number == 0:
        return none
    return f"{thousands(number, language)} {word}{'s' if number > 1 else ''}"


def _line(row: int | None, language: Language) -> str:
    return WORDS[language]["file"] if row is None else str(row)


def _rank(severity: str) -> int:
    return _SEVERITIES.index(severity)
