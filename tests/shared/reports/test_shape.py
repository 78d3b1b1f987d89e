"""The published JSON Schema of a report."""

import json

import pytest
from jsonschema_rs import Draft202012Validator, ValidationError
from reporting import a_finding, a_report

from shared.reports.reword import worded
from shared.reports.shape import SCHEMA_URL, report_schema


def test_it_is_a_valid_schema_that_says_where_it_is() -> None:
    schema = report_schema()
    assert schema["$id"] == SCHEMA_URL
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator(schema)


def test_it_describes_members_by_their_public_names() -> None:
    schema = report_schema()
    assert {"schema", "by_rule", "findings", "truncated", "language"} <= set(schema["required"]) | set(
        schema["properties"]
    )
    assert "judged_by" not in schema["properties"]
    assert "rule" in schema["$defs"]["CorrectionOut"]["properties"]
    assert "english" not in schema["properties"]


def test_it_refuses_what_is_not_a_report() -> None:
    document = json.loads(worded(a_report(a_finding()), "fr").model_dump_json(by_alias=True))
    validator = Draft202012Validator(report_schema())
    validator.validate(document)
    for wrong in ({**document, "verdict": "perhaps"}, {**document, "findings": [{}]}, {}):
        with pytest.raises(ValidationError):
            validator.validate(wrong)
