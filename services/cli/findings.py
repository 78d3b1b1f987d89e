"""The findings of a report on the terminal."""

from collections.abc import Sequence

from services.cli.push.answers import FoundFault, FoundFaults
from services.cli.screen import Screen, thousands

SHOWN_LIMIT = 50
CORRECTIONS_LIMIT = 10
HEADERS = ("Ligne", "Colonne", "Valeur", "Constat", "Comment corriger")
_SEVERITIES = {"error": "erreur", "warning": "avertissement", "info": "information"}


def show_findings(screen: Screen, found: FoundFaults, *, title: str = "Constats", limit: int = SHOWN_LIMIT) -> None:
    """The first `limit` findings, errors first, as a table; then the counts."""
    ranked = sorted(found.listed, key=lambda one: list(_SEVERITIES).index(one.severity))[:limit]
    if ranked:
        screen.table(title, HEADERS, [finding_row(one) for one in ranked])
    if len(ranked) < found.errors + found.warnings:
        screen.say(f"{len(ranked)} constats montrés ; le rapport complet les a tous.", "soft")
    screen.say(counts_sentence(found.errors, found.warnings, found.corrections))


def show_corrections(
    screen: Screen, listed: Sequence[tuple[int | None, str | None, str]], *, limit: int = CORRECTIONS_LIMIT
) -> None:
    """The first `limit` corrections (line, column, message) as a table."""
    if listed:
        rows = [(str(row or "fichier"), column or "—", message) for row, column, message in listed[:limit]]
        screen.table("Corrections", ("Ligne", "Colonne", "Ce qui a été lu autrement"), rows)
    if len(listed) > limit:
        screen.say(f"{limit} corrections montrées ; le rapport (--format json) en dit plus.", "soft")


def finding_row(one: FoundFault) -> tuple[str, ...]:
    """The cells of a finding under `HEADERS`."""
    mark = "" if one.severity == "error" else f"({_SEVERITIES[one.severity]}) "
    line = "fichier" if one.row is None else str(one.row)
    return (line, one.column or "—", one.value or "—", f"{mark}{one.message}", one.how_to_mend or "—")


def counts_sentence(errors: int, warnings: int, corrections: int) -> str:
    """« 2 erreurs, 1 avertissement, aucune correction. »"""
    parts = [
        _counted(errors, "erreur", "aucune"),
        _counted(warnings, "avertissement", "aucun"),
        _counted(corrections, "correction", "aucune"),
    ]
    sentence = ", ".join(parts) + "."
    return sentence[0].upper() + sentence[1:]


def _counted(number: int, word: str, none: str) -> str:
    if number == 0:
        return f"{none} {word}"
    return f"{thousands(number)} {word}{'s' if number > 1 else ''}"
