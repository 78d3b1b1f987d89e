"""The report in the JSON shape of Validata's API (0.13), so that what reads Validata reads us.

`report.errors` lists what makes a file invalid, `report.warnings` the rest as sentences. Our own `code` is added to
each error: Validata's types change between its versions, ours do not. Row 1 is the header, as in our reports.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.reports.shape import FindingOut, ReportOut

VALIDATA_VERSION = "0.13.0"
"""The version whose shape this is."""

TITLES: Mapping[str, str] = {
    "source-error": "Source de données illisible",
    "format-error": "Format de fichier non pris en charge",
    "encoding-error": "Erreur d'encodage",
    "missing-label": "Colonne manquante",
    "duplicate-label": "En-têtes dupliquées",
    "blank-label": "En-tête manquant",
    "extra-cell": "Valeur surnuméraire",
    "missing-cell": "Cellule manquante",
    "blank-row": "Ligne vide",
    "primary-key": "Clé primaire",
    "unique-error": "Valeur dupliquée",
    "custom-check-error": "Format invalide",
    "one-of-required": "Un élément requis",
    "cohesive-columns-value": "Colonnes non solidaires",
    "compare-columns-value": "Erreur de comparaison",
    "sum-columns-value": "Somme de colonnes incorrecte",
    "year-interval-value": "Intervalle d'années incorrect",
    "opening-hours-value": "Horaires d'ouverture incorrects",
    "phone-number-value": "Numéro de téléphone incorrect",
    "french-gps-coordinates": "Coordonnées GPS invalides",
    "reversed-french-gps-coordinates": "Coordonnées GPS inversées",
}
"""Title of each type; types that depend on the cell are below, by our code."""

TITLES_BY_CODE: Mapping[str, str] = {
    "date-format": "Format de date incorrect",
    "year-format": "Format d'année incorrect",
    "number-format": "Format de nombre incorrect",
    "integer-format": "Format de nombre entier incorrect",
    "boolean-value": "Valeur booléenne incorrecte",
    "array-format": "Tableau incorrect",
    "uri-format": "Format de texte incorrect",
    "email-format": "Format de texte incorrect",
    "uuid-format": "Format de texte incorrect",
    "required-value": "Valeur manquante",
    "not-in-list": "Valeur incorrecte",
    "pattern-mismatch": "Format incorrect",
    "too-short": "Valeur trop courte",
    "too-long": "Valeur trop longue",
    "too-small": "Valeur trop petite",
    "too-large": "Valeur trop grande",
    "values-not-comparable": "Valeurs non comparables",
}

OTHER_TITLE = "Constat"

_TAGS: Mapping[str, list[str]] = {
    "missing-label": ["#table", "#header", "#label"],
    "duplicate-label": ["#table", "#header", "#label"],
    "blank-label": ["#table", "#header", "#label"],
    "blank-row": ["#table", "#row"],
    "extra-cell": ["#table", "#row", "#cell"],
    "missing-cell": ["#table", "#row", "#cell"],
    "one-of-required": ["#table", "#row"],
    "primary-key": ["#table", "#row"],
    "source-error": [],
    "format-error": [],
    "encoding-error": [],
}

_OF_A_CELL = ["#table", "#row", "#cell"]


def validata_report(
    report: ReportOut, *, schema_url: str, url: str | None, options: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """The document. `options`: what the request asked; `at`: when, aware."""
    types = {rule.code: rule.validata or rule.code for rule in report.by_rule}
    errors = [_error(one, types.get(one.code, one.code)) for one in report.findings if one.severity == "error"]
    stats = report.stats
    return {
        "schema": schema_url,
        "url": url,
        "options": dict(options),
        "version": VALIDATA_VERSION,
        "date": at.isoformat(),
        "report": {
            "valid": report.verdict == "valid",
            "stats": {
                "errors": stats.errors,
                "warnings": stats.warnings,
                "seconds": stats.seconds,
                "fields": stats.columns,
                "rows": stats.rows,
                "rows_processed": stats.rows,
            },
            "warnings": _warnings(report),
            "errors": errors,
            "truncated": len(errors) < stats.errors,
        },
    }


def _error(finding: FindingOut, kind: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "title": TITLES_BY_CODE.get(finding.code) or TITLES.get(kind, OTHER_TITLE),
        "message": f"{finding.message} {finding.how_to_mend}",
        "type": kind,
        "tags": _TAGS.get(kind, _OF_A_CELL),
        "code": finding.code,
    }
    is_of_header = "#header" in document["tags"]
    if finding.row is not None and not is_of_header:
        document["rowNumber"] = finding.row
    if finding.column is not None:
        document["fieldName"] = finding.column
    if finding.value is not None:
        document["cell"] = finding.value
    return document


def _warnings(report: ReportOut) -> list[str]:
    """One sentence per warning of a rule: its first sample, and how many there are."""
    found = []
    for rule in report.by_rule:
        if rule.severity != "error" and rule.samples:
            more = f" ({rule.count} fois)" if rule.count > 1 and report.language == "fr" else ""
            more = f" ({rule.count} times)" if rule.count > 1 and report.language == "en" else more
            found.append(f"{rule.samples[0].message}{more}")
    return found
