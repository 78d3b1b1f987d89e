"""What a faulty value becomes, and what is left as it is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.validator.checks.explain import CellReader, make_readers
from services.validator.standardise.cells import standardised
from services.validator.standardise.identifiers import Checked, checked_columns
from services.validator.standardise.values import EDGES, Ambiguous, Corrected, correct
from shared.registry import SchemaField, load_registry

NAMES = (
    "scdl/deliberations",
    "scdl/subventions",
    "scdl/equipements",
    "scdl/prenoms",
    "etalab/schema-bal",
    "decp/marches",
)
SCHEMAS = [load_registry().get(name) for name in NAMES]
READERS: dict[str, CellReader] = {reader.field.name: reader for schema in SCHEMAS for reader in make_readers(schema)}
CHECKED: dict[str, Checked] = {name: kind for schema in SCHEMAS for name, kind in checked_columns(schema).items()}
FIELDS: dict[str, SchemaField] = {name: reader.field for name, reader in READERS.items()}


def outcome(field: str, text: str) -> str | None:
    """`after (rule)`, `not corrected (code)`, or None."""
    found = correct(FIELDS[field], text, checked=CHECKED.get(field))
    if isinstance(found, Corrected):
        return f"{found.text} ({found.code})"
    return f"not corrected ({found.code})" if isinstance(found, Ambiguous) else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31/12/2020", "2020-12-31 (date-to-iso)"),
        ("31-12-2020", "2020-12-31 (date-to-iso)"),
        ("31.12.2020", "2020-12-31 (date-to-iso)"),
        ("2020/12/31", "2020-12-31 (date-to-iso)"),
        ("2013.01.26", "2013-01-26 (date-to-iso)"),
        ("12/05/2016", "2016-05-12 (date-to-iso)"),
        ("2020-12-31 00:00:00", "2020-12-31 (date-to-iso)"),
        ("2021/07/02 00:00:00+00", "2021-07-02 (date-to-iso)"),
        ("2022-08-23T00:00:00.000Z", "2022-08-23 (date-to-iso)"),
        ("2020-01-01T00:00:00+14:00", "2020-01-01 (date-to-iso)"),
        ("2020-01-01T00:00:00+99:99", None),
        ("2020-01-01T00:00:00-02:60", None),
        ("31 décembre 2020", "2020-12-31 (date-to-iso)"),
        ("mardi 1er sept. 2020", "2020-09-01 (date-to-iso)"),
        ("20240418", "2024-04-18 (date-to-iso)"),
        ("18042024", None),
        ("20241318", None),
        ("45400", "2024-04-18 (excel-date)"),
        ("\u00a02020-12-31 ", "2020-12-31 (trimmed-spaces)"),
        ("05/31/2020", "not corrected (ambiguous-date)"),
        ("03/04/05", "not corrected (ambiguous-date)"),
        ("31/12/20", "not corrected (ambiguous-date)"),
        ("2020-31-12", "not corrected (ambiguous-date)"),
        ("nov.-17", "not corrected (incomplete-date)"),
        ("Jul-17", "not corrected (incomplete-date)"),
        ("2018-04", "not corrected (incomplete-date)"),
        ("2021-07-02 22:00:00Z", "not corrected (time-in-date)"),
        ("01/02/2020 et 03/04/2020", "not corrected (several-dates)"),
        ("2020-12-31", None),
        ("2020-1-1", None),
        ("31/02/2020", None),
        ("12345", None),
        ("99999", None),
        ("néant", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    assert outcome("DELIB_DATE", text) == expected


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("long", "1,326", "1.326 (number-plain)"),
        ("x", "568 500,25", "568500.25 (number-plain)"),
        ("lat", "43.4612", None),
        ("y", "6262500", None),
        ("EQUIP_LAT", "43,4612", "43.4612 (number-plain)"),
    ],
)
def test_coordinates(field: str, text: str, expected: str | None) -> None:
    assert outcome(field, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("232 000,00", "232000.00 (number-plain)"),
        ("31\u00a0000,00", "31000.00 (number-plain)"),
        ("1\u202f234\u202f567,8", "1234567.8 (number-plain)"),
        ("100000,1", "100000.1 (number-plain)"),
        ("1'234.50", "1234.50 (number-plain)"),
        ("1.234,56", "1234.56 (number-plain)"),
        ("1,234.56", "1234.56 (number-plain)"),
        ("1 234 €", "1234 (number-plain)"),
        ("-12,5 EUR", "-12.5 (number-plain)"),
        ("2,13104E+13", "not corrected (digits-lost)"),
        ("50 %", "not corrected (percent-sign)"),
        ("90 000- 5 185 999,99", None),
        ("240 000 € (pour les 3 saisons sportives)", None),
        ("12 34", None),
        ("1e3", None),
        ("1.234", None),
        ("NaN", None),
    ],
)
def test_numbers(text: str, expected: str | None) -> None:
    assert outcome("montant", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.0", "12 (number-plain)"),
        ("12,00", "12 (number-plain)"),
        ("1 234", "1234 (number-plain)"),
        ("1.234", "not corrected (ambiguous-number)"),
        ("1,234", "not corrected (ambiguous-number)"),
        ("1E+05", "not corrected (digits-lost)"),
        ("12,5", None),
        ("007", None),
    ],
)
def test_integers(text: str, expected: str | None) -> None:
    assert outcome("VOTE_POUR", text) == expected


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("COLL_SIRET", "384 138 996 00028", "38413899600028 (identifier-text)"),
        ("COLL_SIRET", "32402138500000.0", "32402138500000 (identifier-text)"),
        ("COLL_SIRET", "'38413899600028", "38413899600028 (identifier-text)"),
        ("COLL_SIRET", "2,13104E+13", "not corrected (digits-lost)"),
        ("COLL_SIRET", "3240213850000", "not corrected (zero-lost)"),
        ("idBeneficiaire", "384.138.996.00028", "38413899600028 (identifier-text)"),
        ("idBeneficiaire", "association", None),
        ("rnaBeneficiaire", "W 123 456 789", "W123456789 (identifier-text)"),
        ("rnaBeneficiaire", "w123456789", None),
        ("commune_insee", "1001", "not corrected (zero-lost)"),
        ("COLL_INSEE", "1001", "not corrected (zero-lost)"),
        ("COLL_INSEE", "2A004", None),
        ("ADR_CODEPOSTAL", "31230.0", "31230 (identifier-text)"),
        ("BUDGET_ANNEE", "2017.0", "2017 (identifier-text)"),
        ("ADR_CLE_INTEROP", "31239 0180 00004", None),
        ("EQUIP_UID", "31239-01010401 - 001", "31239-01010401-001 (identifier-text)"),
        ("ANNEE", "2024.0", "2024 (number-plain)"),
    ],
)
def test_identifiers(field: str, text: str, expected: str | None) -> None:
    assert outcome(field, text) == expected


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("notificationUE", "Oui", "oui (boolean-text)"),
        ("notificationUE", "VRAI", "oui (boolean-text)"),
        ("notificationUE", "0", "non (boolean-text)"),
        ("notificationUE", "peut-être", None),
        ("certification_commune", "oui", "true (boolean-text)"),
        ("position", "Entrée", "entrée (listed-value)"),
        ("position", "CAGE D'ESCALIER", "cage d’escalier (listed-value)"),
        ("nature", "marche", "Marché (listed-value)"),
        ("ccag", "Maîtrise d’oeuvre", "Maitrise d'œuvre (listed-value)"),
        ("position", "portail", None),
        ("EQUIP_EMAIL", "mailto:a@b.fr", "a@b.fr (email-text)"),
        ("DELIB_URL", "www.muret.fr", None),
        ("EQUIP_TEL", "05 61 00 00 00", None),
        ("ENFANT_PRENOM", "Marie rose", None),
        ("COLL_NOM", "\u200bMuret\ufeff", "Muret (trimmed-spaces)"),
    ],
)
def test_words(field: str, text: str, expected: str | None) -> None:
    assert outcome(field, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017-12-14_2018-12-14", "2017-12-14/2018-12-14 (period-text)"),
        ("14/12/2017-14/12/2018", "2017-12-14/2018-12-14 (period-text)"),
        ("14/12/2017", "2017-12-14 (period-text)"),
        ("14/12/2017 au 14/12/2018", "2017-12-14/2018-12-14 (period-text)"),
        ("du 1er mars 2020 au 3 avril 2021", "2020-03-01/2021-04-03 (period-text)"),
        ("14/12/2017 - 14/12/2018", "2017-12-14/2018-12-14 (period-text)"),
        ("2017-12-14;2018-12-14", "not corrected (several-dates)"),
        ("2017-12-14/2018-12-14", None),
        ("2017-12-14/2017-13-45", None),
    ],
)
def test_periods(text: str, expected: str | None) -> None:
    assert outcome("datesPeriodeVersement", text) == expected


def test_spaces_alone_stay_where_an_empty_cell_would_be_refused() -> None:
    kept = standardised(READERS["COLL_NOM"], "  ")
    assert (kept.code, kept.verdict.canonical, kept.verdict.errors) == (None, "  ", ())
    emptied = standardised(READERS["BUDGET_NOM"], "  ")
    assert (emptied.code, emptied.verdict.canonical) == ("trimmed-spaces", None)


DIRT = st.one_of(
    st.dates().map(lambda day: day.strftime("%d/%m/%Y")),
    st.dates().map(lambda day: day.strftime(" %Y/%m/%d 00:00:00")),
    st.from_regex(re.compile(r"[0-9 ,.'€%\u00a0-]{1,14}"), fullmatch=True),
    st.from_regex(re.compile(r"(\d{3} ){2,4}\d{2,5}(\.0)?"), fullmatch=True),
    st.sampled_from(["Oui", " non", "VRAI", "Entrée ", "marche", "W 123 456 789", "45400", "31 395", "mailto:a@b.fr"]),
    st.text(max_size=12),
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(name=st.sampled_from(sorted(FIELDS)), text=DIRT)
def test_correcting_twice_changes_nothing(name: str, text: str) -> None:
    found = correct(FIELDS[name], text, checked=CHECKED.get(name))
    if isinstance(found, Corrected):
        assert not isinstance(correct(FIELDS[name], found.text, checked=CHECKED.get(name)), Corrected)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(name=st.sampled_from(sorted(FIELDS)), text=DIRT)
def test_a_correction_leaves_less_to_say_and_a_right_text_alone(name: str, text: str) -> None:
    reader = READERS[name]
    before, after = reader.explain(text), standardised(reader, text, checked=CHECKED.get(name))
    if after.code is not None:
        assert all(error.rule != "type" for error in after.verdict.errors)
        assert len(after.verdict.errors) <= len(before.errors)
    elif not before.errors:
        assert after.verdict == before
    if not before.errors and text == text.strip(EDGES) and name not in CHECKED:
        assert not isinstance(correct(reader.field, text), Corrected)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    name=st.sampled_from(("COLL_SIRET", "idBeneficiaire", "commune_insee", "COLL_INSEE", "rnaBeneficiaire")), text=DIRT
)
def test_no_digit_of_an_identifier_moves(name: str, text: str) -> None:
    found = correct(FIELDS[name], text, checked=CHECKED.get(name))
    if isinstance(found, Corrected):
        written = re.sub(r"\.0+$", "", text.strip())
        assert re.sub(r"\D", "", found.text) in (re.sub(r"\D", "", written), re.sub(r"\D", "", text))
