"""Names of columns, as vendors write them."""

from collections.abc import Sequence

import pytest

from services.validator.findings import Severity
from services.validator.standardise.headers import (
    EXACT,
    FOLDED,
    SYNONYM,
    TYPO,
    HeaderMatch,
    folded,
    match_header,
)
from services.validator.standardise.synonyms import synonyms_of
from services.validator.tally import Tally
from shared.registry import Registry, SchemaVersion


def matched(
    labels: Sequence[str], schema: SchemaVersion, *, correcting: bool = True
) -> tuple[HeaderMatch, Tally, dict[str, int]]:
    tally = Tally()
    match = match_header(labels, 1, schema=schema, tally=tally, correcting=correcting)
    counts: dict[str, int] = {}
    for (code, severity, _), count in tally.counts.items():
        if severity is not Severity.INFO:
            counts[code] = counts.get(code, 0) + count
    return match, tally, counts


@pytest.mark.parametrize(
    "label", ["coll_siret", "COLL SIRET", " Coll_Siret ", "collsiret", "CÔLL_SIRÉT", "COLL-SIRET", "Coll. SIRET *"]
)
def test_case_accents_spaces_and_punctuation_do_not_matter(label: str) -> None:
    assert folded(label) == folded("COLL_SIRET")


def test_an_unknown_header_is_read_aloud_in_either_language(deliberations: SchemaVersion) -> None:
    _, tally, _ = matched([f"colonne {at}" for at in range(9)], deliberations)
    labels = next(iter(tally.findings[Severity.ERROR])).details["labels"]
    assert labels["fr"].startswith("« colonne 0 », ")
    assert labels["fr"].endswith("« colonne 7 » et d’autres")
    assert labels["en"].startswith("“colonne 0”, ")
    assert labels["en"].endswith("“colonne 7” and others")


@pytest.mark.parametrize("label", ["СOLL_SIRET", "COLL_SIRET2", "ＣOLL_SIRET"])
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
    assert "delib objet" in next(iter(tally.findings[Severity.ERROR])).message


def test_a_column_without_name_is_told(deliberations: SchemaVersion) -> None:
    match, _, counts = matched([*deliberations.field_names, "", " "], deliberations)
    assert counts == {"blank-header": 2}
    assert match.extra == ()


def test_a_header_of_another_schema_is_one_error(deliberations: SchemaVersion) -> None:
    match, tally, counts = matched(["a", "b;c"], deliberations)
    assert counts == {"no-known-column": 1}
    assert "« a », « b;c »" in next(iter(tally.findings[Severity.ERROR])).message
    assert len(match.missing) == len(deliberations.fields)


@pytest.mark.parametrize(
    ("schema", "label", "field", "confidence"),
    [
        ("scdl/deliberations", "vote-effectif", "VOTE_EFFECTIF", FOLDED),
        ("scdl/deliberations", "VOTE_EFFFECTIF", "VOTE_EFFECTIF", TYPO),
        ("scdl/deliberations", "VOTE_EFFECITF", "VOTE_EFFECTIF", TYPO),
        ("scdl/deliberations", "VOTE_ABST", "VOTE_ABSTENTION", SYNONYM),
        ("scdl/subventions", "nomattribuant", "nomAttribuant", FOLDED),
        ("scdl/subventions", "object", "objet", SYNONYM),
        ("scdl/subventions", "pourcentage subvention", "pourcentageSubvention", FOLDED),
        ("scdl/subventions", "nomBeneficiere", "nomBeneficiaire", SYNONYM),
        ("scdl/subventions", "idBeneficiare", "idBeneficiaire", TYPO),
        ("scdl/subventions", "Conditions de versement", "conditionsVersement", SYNONYM),
        ("scdl/prenoms", "NOMBRE_OCCURENCES", "NOMBRE_OCCURRENCES", TYPO),
        ("scdl/prenoms", "PRENOM_ENFANT", "ENFANT_PRENOM", SYNONYM),
        ("scdl/equipements", "EQUIP_ID", "EQUIP_UID", SYNONYM),
        ("etalab/schema-bal", "x_l93", "x", SYNONYM),
        ("decp/marches", "acheteur.id", "acheteur_id", FOLDED),
    ],
)
def test_names_seen_in_real_files_are_known(
    registry: Registry, schema: str, label: str, field: str, confidence: float
) -> None:
    version = registry.get(schema)
    other = "id" if schema == "decp/marches" else version.field_names[1]
    match, _, _ = matched([other, label], version)
    found = {one.source: (one.field, one.confidence) for one in match.matched}
    assert found[label] == (field, confidence)


@pytest.mark.parametrize(
    "label", ["voie_nom_bre", "long2", "lat_", "numero2", "nulmero", "commune_nom1", "toponymes_x"]
)
def test_other_columns_of_an_address_file_stay_outside_the_schema(registry: Registry, label: str) -> None:
    bal = registry.get("bal")
    match, _, _ = matched(["numero", "lat", label], bal)
    assert [name for _, name in match.extra] == ([] if label == "lat_" else [label])


def test_an_exact_name_wins_over_a_synonym(registry: Registry) -> None:
    match, _, counts = matched(["objet", "Objet de la subvention"], registry.get("scdl/subventions"))
    assert [(one.source, one.field) for one in match.matched] == [("objet", "objet")]
    assert match.extra == ((1, "Objet de la subvention"),)
    assert "ambiguous-column" not in counts


def test_two_synonyms_of_one_field_are_disputed_and_kept(registry: Registry) -> None:
    match, _, counts = matched(["nature", "object", "Objet de la subvention"], registry.get("scdl/subventions"))
    assert match.disputed == {"objet"}
    assert counts["ambiguous-column"] == 1
    assert [name for _, name in match.extra] == ["object", "Objet de la subvention"]


def test_two_synonyms_of_an_optional_field_only_warn(deliberations: SchemaVersion) -> None:
    _, tally, _ = matched([*deliberations.required_columns, "VOTE_ABST", "abstentions"], deliberations)
    assert tally.count(Severity.WARNING) == 1
    assert not tally.has_errors


def test_without_corrections_only_the_very_names_are_known(deliberations: SchemaVersion) -> None:
    match, tally, _ = matched(["coll_nom", " COLL_SIRET", "VOTE_ABST"], deliberations, correcting=False)
    assert [one.field for one in match.matched] == ["COLL_SIRET"]
    assert tally.has_errors


def test_no_synonym_is_the_name_of_another_field_or_serves_twice(registry: Registry) -> None:
    checked = 0
    for name in registry.names():
        fields = {
            folded(field): field
            for version in registry.versions(name)
            for field in registry.get(name, version).field_names
        }
        seen: set[str] = set()
        for field, others in synonyms_of(name).items():
            assert field in fields.values()
            for other in map(folded, others):
                assert fields.get(other, field) == field
                assert other not in seen
                seen.add(other)
                checked += 1
    assert checked > 100
