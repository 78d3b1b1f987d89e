"""Judging text as a file, in tests: what a délibération needs, and what came of it."""

from collections.abc import Callable

from services.validator.pipeline import Examination

Judge = Callable[..., Examination]

DELIBERATION = {
    "COLL_NOM": "Commune de Muret",
    "COLL_SIRET": "21310395500018",
    "DELIB_ID": "2024-031",
    "DELIB_DATE": "2024-03-28",
    "DELIB_MATIERE_CODE": "7.5",
    "DELIB_MATIERE_NOM": "Finances locales/Subventions",
    "DELIB_OBJET": "Aide aux associations",
}
"""The required cells of a délibération, all valid."""


def deliberation_file(*rows: dict[str, str], delimiter: str = ",") -> str:
    """A file of délibérations: each row is what differs from `DELIBERATION`."""
    columns = list(dict.fromkeys([*DELIBERATION, *(name for row in rows for name in row)]))
    lines = [delimiter.join(columns)]
    lines += [delimiter.join({**DELIBERATION, **row}.get(name, "") for name in columns) for row in rows]
    return "\n".join(lines) + "\n"


def codes(examination: Examination) -> dict[str, int]:
    """Error and warning codes of a report → complete counts."""
    found: dict[str, int] = {}
    for rule in examination.report.by_rule:
        if rule.severity != "info":
            found[rule.code] = found.get(rule.code, 0) + rule.count
    return found
