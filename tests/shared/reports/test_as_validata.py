"""The report in Validata's shape."""

from datetime import UTC, datetime

from reporting import a_finding, a_report

from services.validator.sentences import VALIDATA_TYPES, WORDINGS
from shared.reports.as_validata import TITLES, TITLES_BY_CODE, validata_report
from shared.reports.reword import worded

AT = datetime(2025, 3, 1, 12, tzinfo=UTC)


def written(*findings: object) -> dict[str, object]:
    report = worded(a_report(*findings), "fr")
    return validata_report(report, schema_url="https://schema.example/s.json", url=None, options={}, at=AT)


def test_it_has_the_members_that_clients_read() -> None:
    document = written(a_finding(), a_finding(severity="warning", code="siret-invalid"))
    assert list(document) == ["schema", "url", "options", "version", "date", "report"]
    report = document["report"]
    assert (report["valid"], report["stats"]["rows"], report["stats"]["rows_processed"]) == (False, 10, 10)
    assert report["warnings"] == ["« 31/12/2024 » n’est pas une date au format attendu."]
    (error,) = report["errors"]
    assert error["title"] == "Format de date incorrect"
    assert (error["type"], error["rowNumber"], error["fieldName"], error["cell"]) == (
        "type-error", 2, "DELIB_DATE", "31/12/2024",
    )  # fmt: skip
    assert error["tags"] == ["#table", "#row", "#cell"]
    assert error["code"] == "date-format"


def test_a_missing_column_has_no_row() -> None:
    found = a_finding(1, code="missing-column", value=None)
    report = a_report(found)
    rule = report.by_rule[0].model_copy(update={"validata": "missing-label"})
    document = validata_report(
        worded(report.model_copy(update={"by_rule": [rule]}), "fr"), schema_url="s", url="u", options={}, at=AT
    )
    (error,) = document["report"]["errors"]
    assert error["title"] == "Colonne manquante"
    assert "rowNumber" not in error
    assert error["fieldName"] == "DELIB_DATE"


def test_every_type_we_name_has_a_title() -> None:
    untitled = {
        (code, kind) for code, kind in VALIDATA_TYPES.items() if code not in TITLES_BY_CODE and kind not in TITLES
    }
    general = {"type-error", "constraint-error"}
    assert {kind for _, kind in untitled} <= general
    assert set(TITLES_BY_CODE) <= set(WORDINGS)
