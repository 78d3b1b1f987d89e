"""Files of one schema sent under another."""

import pytest
from judging import Judge

from services.validator.findings import FindingCode
from services.validator.standardise.likeness import likeness
from shared.registry import Registry, SchemaVersion

OTHER = FindingCode.OTHER_SCHEMA.value


def test_every_schema_is_recognised_by_its_own_header(registry: Registry, deliberations: SchemaVersion) -> None:
    for name in set(registry.names()) - {deliberations.name}:
        found = likeness(registry.get(name).field_names, deliberations, registry)
        assert found is not None, name
        assert found.known == found.named
        assert set(found.schema.field_names) >= set(registry.get(name).field_names), (name, found.schema.name)


def test_the_report_names_the_schema_that_a_file_resembles(judge: Judge, registry: Registry) -> None:
    header = ",".join(registry.get("scdl/subventions").field_names)
    report = judge(f"{header}\nx\n", "scdl/deliberations").report
    told = [finding for finding in report.findings if finding.code == OTHER]
    assert [(finding.severity, finding.row, finding.details["schema"]) for finding in told] == [
        ("warning", 1, "scdl/subventions")
    ]
    assert "Ce fichier ressemble à" in told[0].message
    assert "«\N{NO-BREAK SPACE}scdl/subventions\N{NO-BREAK SPACE}»" in told[0].how_to_mend
    assert report.verdict == "invalid"


def test_columns_of_the_vendor_and_case_do_not_hide_the_schema(
    registry: Registry, deliberations: SchemaVersion
) -> None:
    names = [name.upper() for name in registry.get("scdl/subventions").field_names]
    found = likeness([*names, "Service", "Observation"], deliberations, registry)
    assert found is not None
    assert (found.schema.name, found.known, found.named) == ("scdl/subventions", len(names), len(names) + 2)


@pytest.mark.parametrize(
    "labels",
    [
        (),
        ("date", "montant"),
        ("colonne 1", "colonne 2", "colonne 3"),
        ("COLL_NOM", "COLL_SIRET", "DELIB_ID", "DELIB_DATE"),
    ],
)
def test_a_header_that_tells_no_other_schema_is_left_alone(
    labels: tuple[str, ...], registry: Registry, deliberations: SchemaVersion
) -> None:
    assert likeness(labels, deliberations, registry) is None


def test_nothing_is_said_of_a_file_that_has_all_required_columns(judge: Judge, registry: Registry) -> None:
    subventions, deliberations = registry.get("scdl/subventions"), registry.get("scdl/deliberations")
    header = ",".join([*deliberations.required_columns, *subventions.field_names])
    report = judge(f"{header}\n", "scdl/deliberations").report
    assert not [finding for finding in report.findings if finding.code == OTHER]
