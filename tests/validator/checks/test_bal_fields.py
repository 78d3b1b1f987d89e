"""Cells of addresses: what is read, and what is held against it (expected values are those of the national judge)."""

from typing import Any

import pytest
from addresses import TODAY, UUID, UUID_1

from services.validator.checks.bal_communes import geographic_code
from services.validator.checks.bal_fields import Reader
from services.validator.checks.bal_levels import national_name

READER = Reader(geographic_code(), TODAY)


@pytest.mark.parametrize(
    ("field", "text", "value", "faults"),
    [
        ("numero", "7", 7, ""),
        ("numero", "007", 7, "contient_prefixe"),
        ("numero", "0", 0, "not_to_be_zero"),
        ("numero", "00", 0, "not_to_be_zero"),
        ("numero", "99999", 99999, ""),
        ("numero", "100000", None, "trop_grand"),
        ("numero", "9" * 5000, None, "trop_grand"),
        ("numero", "0" * 5000, 0, "not_to_be_zero"),
        ("numero", "\u0661", None, "type_invalide"),
        ("numero", "7 bis", None, "type_invalide"),
        ("numero", " 7\ufeff", 7, "espaces_debut_fin"),
        ("numero", "7\u0085", None, "type_invalide"),
        ("numero", "  ", None, "espaces_debut_fin valeur_manquante"),
        ("suffixe", "bis", "bis", ""),
        ("suffixe", "b'", "b'", "caractere_invalide"),
        ("suffixe", "É", None, "debut_invalide"),
        ("suffixe", "a" * 10, None, "trop_long"),
        ("voie_nom", "Rue du Lac", "Rue du Lac", ""),
        ("voie_nom", "", None, ""),
        ("voie_nom", "ab", None, "trop_court"),
        ("voie_nom", "😀😀", "😀😀", "casse_incorrecte"),
        ("voie_nom", "a" * 201, None, "trop_long"),
        ("voie_nom", "Rue\ufffd", None, "caractere_invalide"),
        ("voie_nom", "R_ue", "R ue", "contient_tiret_bas"),
        ("toponyme", "RUE DU LAC", "RUE DU LAC", "casse_incorrecte"),
        ("commune_insee", "31239", "31239", ""),
        ("commune_insee", "2a004", "2A004", ""),
        ("commune_insee", "13201", "13201", ""),
        ("commune_insee", "13055", None, "commune_invalide"),
        ("commune_insee", "01340", "01340", "commune_ancienne"),
        ("commune_deleguee_insee", "01340", "01340", ""),
        ("commune_deleguee_insee", "xx", "XX", "commune_invalide"),
        ("commune_nom", "MURET", "MURET", "casse_incorrecte"),
        ("position", "entrée", "entrée", ""),
        ("position", "entre\u0301e", "entrée", ""),
        ("position", "Entree", "entrée", "enum_fuzzy"),
        ("position", "cage d'escalier", "cage d’escalier", "enum_fuzzy"),
        ("position", "porte", None, "valeur_invalide"),
        ("x", "1.5", 1.5, ""),
        ("x", "05", 5.0, ""),
        ("x", "05.1", None, "valeur_invalide"),
        ("long", "1,5", 1.5, "separateur_decimal_invalide"),
        ("lat", "1e5", None, "valeur_invalide"),
        ("cad_parcelles", "350088000AB0245|350088000AB0248", "350088000AB0245|350088000AB0248", ""),
        ("cad_parcelles", "|350088000AB0245", "350088000AB0245", "pipe_debut_fin"),
        ("cad_parcelles", "||", None, "pipe_debut_fin valeur_invalide"),
        ("date_der_maj", "2024-02-29", "2024-02-29", ""),
        ("date_der_maj", "2009-12-31", "2009-12-31", "date_ancienne"),
        ("date_der_maj", "2010-01-01", "2010-01-01", ""),
        ("date_der_maj", "0000-02-29", "0000-02-29", "date_ancienne"),
        ("date_der_maj", "2026-11-21", "2026-11-21", ""),
        ("date_der_maj", "2026-11-22", None, "date_future"),
        ("date_der_maj", "2024-02-30", None, "date_invalide"),
        ("date_der_maj", "01/02/2024", None, "date_invalide"),
        ("certification_commune", "1", "1", ""),
        ("certification_commune", "oui", None, "valeur_invalide"),
        ("id_ban_adresse", UUID, UUID, ""),
        ("id_ban_adresse", UUID_1, None, "type_invalide"),
        ("source", "", None, "valeur_manquante"),
        ("cle_interop", "31239_0045_00012_bis", "31239_0045_00012_bis", ""),
        ("cle_interop", "31239_XXXX_12", "31239_XXXX_12", "casse_invalide voie_non_renseignee numero_prefixe_manquant"),
        ("cle_interop", "31239__00001", None, "structure_invalide"),
        ("cle_interop", "99999_004_a", None, "commune_invalide voie_invalide numero_invalide"),
        ("uid_adresse", "truc", "truc", ""),
        ("uid_adresse", f"@c:{UUID_1}", None, "type_invalide"),
    ],
)
def test_a_cell_is_read_as_the_national_judge_does(field: str, text: str, value: Any, faults: str) -> None:
    found = READER.read(field, text)
    assert found.value == value
    names = [national_name(code, field) for code in found.codes]
    assert names == [f"{field}.{fault}" for fault in faults.split()]


def test_an_empty_translation_is_not_missing() -> None:
    assert READER.read("commune_nom", "", translated=True).codes == ()
    assert READER.read("commune_nom", "").codes != ()


def test_a_key_gives_its_parts() -> None:
    key = READER.read("cle_interop", "2a004_abcd_00000").key
    assert key is not None
    assert (key.commune, key.street, key.number) == ("2A004", "abcd", None)


def test_the_identifiers_of_an_address_are_told_apart() -> None:
    assert READER.read("uid_adresse", f"@v:{UUID} @C:{UUID}").ids == (UUID, UUID, None)
    assert READER.read("uid_adresse", "@a:").ids == (None, None, None)
