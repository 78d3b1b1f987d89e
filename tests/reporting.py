"""Reports in tests: whether one follows the published JSON Schema, and ready-made ones to render."""

import json
from functools import cache

from jsonschema_rs import Draft202012Validator

from shared.reports.reword import worded
from shared.reports.shape import (
    CorrectionOut,
    EnglishOut,
    FindingOut,
    HeaderOut,
    InputOut,
    JudgedByOut,
    MatchOut,
    RuleOut,
    StatsOut,
    StoredReport,
    WordsOut,
    report_schema,
)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(report_schema())


def follows_schema(report: StoredReport) -> None:
    """Raise unless the report, in both languages, validates against the schema and has only declared members."""
    for language in ("fr", "en"):
        document = json.loads(worded(report, language).model_dump_json(by_alias=True))
        _validator().validate(document)
        assert set(document) == set(report_schema()["properties"])


def a_finding(row: int | None = 2, *, code: str = "date-format", **members: object) -> FindingOut:
    """A fault of a date, unless told otherwise."""
    given = {
        "severity": "error",
        "column": "DELIB_DATE",
        "value": "31/12/2024",
        "expected": "une date AAAA-MM-JJ",
        "message": "« 31/12/2024 » n’est pas une date au format attendu.",
        "how_to_mend": "Remplacez « 31/12/2024 » par « 2024-12-31 ».",
        "suggestion": "2024-12-31",
        "details": {},
    }
    return FindingOut.model_validate({"code": code, "row": row, **given, **members})


def a_report(
    *findings: FindingOut,
    counted: int | None = None,
    corrections: tuple[CorrectionOut, ...] = (),
    truncated: bool = False,
) -> StoredReport:
    """A report with these findings, all of one rule per code and column."""
    grouped: dict[tuple[str, str, str | None], list[FindingOut]] = {}
    for one in findings:
        grouped.setdefault((one.code, one.severity, one.column), []).append(one)
    rules = [
        RuleOut(code=code, severity=severity, field=field, count=len(ones), validata="type-error", samples=ones[:5])
        for (code, severity, field), ones in grouped.items()
    ]
    errors = sum(one.severity == "error" for one in findings)
    return StoredReport(
        verdict="invalid" if errors else "valid",
        engine_version="1.0.0",
        judged_by=JudgedByOut(name="scdl/deliberations", version="2.1.5", sha256="a" * 64),
        input=InputOut(sha256="b" * 64, size_bytes=1234, format="csv", encoding="utf-8", delimiter=";", header_row=1),
        stats=StatsOut(
            rows=10,
            columns=7,
            valid_rows=9,
            errors=counted if counted is not None else errors,
            warnings=len(findings) - errors,
            corrections=len(corrections),
            seconds=0.012,
        ),
        header=HeaderOut(
            matched=[MatchOut(source="DELIB_DATE", field="DELIB_DATE", confidence=1.0)],
            missing=["PREF_DATE"],
            extra=["x"],
        ),
        by_rule=rules,
        findings=list(findings),
        corrections=list(corrections),
        truncated=truncated,
        english=EnglishOut(
            findings={
                "date-format": WordsOut(
                    message="“{value}” is not a date in the expected format.",
                    mend="Write the date as YYYY-MM-DD.",
                    expected="a date YYYY-MM-DD",
                    mend_with="Replace “{value}” with “{suggestion}”.",
                )
            },
            corrections={"header-name": "The column “{before}” is read as “{after}”."},
        ),
    )
