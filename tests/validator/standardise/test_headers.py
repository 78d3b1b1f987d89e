"""Names of columns, as vendors write them."""

from collections.abc import Sequence

import pytest

from services.validator.findings import Severity
from services.validator.standardise.headers import EXACT, FOLDED, HeaderMatch, folded, match_header
from services.validator.tally import Tally
from shared.registry import SchemaVersion


def matched(labels: Sequence[str], schema: SchemaVersion) -> tuple[HeaderMatch, Tally, dict[str, int]]:
    tally = Tally()
    match = match_header(labels, 1, schema=schema, tally=tally)
    counts: dict[str, int] = {}
    for (code, severity, _), count in tally.counts.items():
        if severity is not Severity.INFO:
            counts[code] = counts.get(code, 0) + count
    return match, tally, counts


@pytest.mark.parametrize(
    "label", ["coll_siret", "COLL SIRET", " Coll_Siret ", "collsiret", "CÔLL_SIRÉT", "COLL__SIRET"]
)
def test_case_accents_spaces_and_underscores_do_not_matter(label: str) -> None:
    assert folded(label) == folded("COLL_SIRET")


@pytest.mark.parametrize("label", ["СOLL_SIRET", "COLL-SIRET", "COLL_SIRET2", "ＣOLL_SIRET"])
def test_look_alikes_are_other_columns(label: str) -> None:
    assert folded(label) != folded("COLL_SIRET")


def test_the_exact_header_has_nothing_to_correct(deliberations: SchemaVersion) -> None:
    match, tally, counts = matched(deliberations.field_names, deliberations)
    assert match.positions == tuple(range(len(deliberations.fields)))
    assert {found.confidence for found in match.matched} == {EXACT}
    assert (counts, tally.corrections_count) == ({}, 0)


def test_a_lower_case_header_is_corrected_and_listed(deliberations: SchemaVersion) -> None:
    match, tally, counts = matched([name.lower() for name in deliberations.field_names], deliberations)
    assert None not in match.positions
    assert {found.confidence for found in match.matched} == {FOLDED}
    assert (counts, tally.corrections_count) == ({}, len(deliberations.fields))
    assert (tally.corrections[0].before, tally.corrections[0].after) == ("coll_nom", "COLL_NOM")


def test_columns_are_found_in_any_order(deliberations: SchemaVersion) -> None:
    names = tuple(reversed(deliberations.field_names))
    match, _, _ = matched(names, deliberations)
    assert match.positions == tuple(reversed(range(len(names))))


def test_a_missing_required_column_is_an_error_each(deliberations: SchemaVersion) -> None:
    match, tally, counts = matched(["DELIB_ID"], deliberations)
    assert counts == {"missing-column": 6}
    assert "DELIB_ID" not in match.missing
    assert tally.has_errors


def test_a_missing_optional_column_is_only_told(deliberations: SchemaVersion) -> None:
    _, tally, counts = matched(deliberations.required_columns, deliberations)
    assert counts == {}
    assert tally.count(Severity.INFO) == len(deliberations.fields) - len(deliberations.required_columns)


def test_extra_columns_are_kept_and_told(deliberations: SchemaVersion) -> None:
    match, tally, counts = matched([*deliberations.field_names, "NATURE_ACTE"], deliberations)
    assert match.extra == ((len(deliberations.fields), "NATURE_ACTE"),)
    assert (counts, tally.count(Severity.INFO)) == ({}, 1)


def test_a_doubled_column_is_disputed_not_guessed(deliberations: SchemaVersion) -> None:
    match, _, counts = matched([*deliberations.field_names, "DELIB_OBJET"], deliberations)
    assert counts == {"duplicate-column": 1}
    assert match.disputed == {"DELIB_OBJET"}
    assert "DELIB_OBJET" not in match.missing


def test_two_candidates_for_one_field_are_disputed(deliberations: SchemaVersion) -> None:
    match, tally, counts = matched([*deliberations.field_names, "delib objet"], deliberations)
    assert counts == {"ambiguous-column": 1}
    assert match.positions[deliberations.field_names.index("DELIB_OBJET")] is None
    assert "delib objet" in tally.findings[Severity.ERROR][0].message


def test_a_column_without_name_is_told(deliberations: SchemaVersion) -> None:
    match, _, counts = matched([*deliberations.field_names, "", " "], deliberations)
    assert counts == {"blank-header": 2}
    assert match.extra == ()


def test_a_header_of_another_schema_is_one_error(deliberations: SchemaVersion) -> None:
    match, _, counts = matched(["a", "b"], deliberations)
    assert counts == {"no-known-column": 1}
    assert len(match.missing) == len(deliberations.fields)
