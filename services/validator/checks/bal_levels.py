"""The rules of addresses under the names of the national judge, and how grave it holds each, by version of the format.

The judge is validateur-bal 3.5 (Base Adresse Nationale, MIT). It names a fault `column.fault`, `row.fault`,
`rows.fault` or `file.fault`; our codes are stable and its names are kept beside them. A fault that its profile lists
neither as error nor as warning is an information.
"""

from collections.abc import Mapping

from services.validator.findings import FindingCode as Code
from services.validator.findings import Severity

FIELDS: Mapping[str, frozenset[str]] = {
    name: frozenset(versions.split())
    for name, versions in {
        "cle_interop": "1.3.0 1.4.0",
        "uid_adresse": "1.3.0",
        "id_ban_commune": "1.4.0 1.5.0",
        "id_ban_toponyme": "1.4.0 1.5.0",
        "id_ban_adresse": "1.4.0 1.5.0",
        "voie_nom": "1.3.0 1.4.0",
        "toponyme": "1.5.0",
        "lieudit_complement_nom": "1.3.0 1.4.0 1.5.0",
        "numero": "1.3.0 1.4.0 1.5.0",
        "suffixe": "1.3.0 1.4.0 1.5.0",
        "commune_insee": "1.3.0 1.4.0 1.5.0",
        "commune_nom": "1.3.0 1.4.0 1.5.0",
        "commune_deleguee_insee": "1.3.0 1.4.0 1.5.0",
        "commune_deleguee_nom": "1.3.0 1.4.0 1.5.0",
        "position": "1.3.0 1.4.0 1.5.0",
        "x": "1.3.0 1.4.0 1.5.0",
        "y": "1.3.0 1.4.0 1.5.0",
        "long": "1.3.0 1.4.0 1.5.0",
        "lat": "1.3.0 1.4.0 1.5.0",
        "cad_parcelles": "1.3.0 1.4.0 1.5.0",
        "source": "1.3.0 1.4.0 1.5.0",
        "date_der_maj": "1.3.0 1.4.0 1.5.0",
        "certification_commune": "1.3.0 1.4.0 1.5.0",
    }.items()
}
"""Column → versions of the format it belongs to. In another version it is read for its value, and never at fault."""

LANGUAGES = (
    *("fra", "bre", "eus", "gsw", "cos", "gcr", "gcf", "rcf", "swb", "oci", "cat", "pcd", "oc-provenc", "oc-nicard"),
    *("vls", "fr-gallo", "aji", "dhv", "nen", "pri", "ty", "mrq", "pmt", "mrv", "frp"),
)
"""Codes of the regional languages that may end the name of a column: `voie_nom_bre`."""

TRANSLATED = ("voie_nom", "toponyme", "lieudit_complement_nom", "commune_nom", "commune_deleguee_nom")
"""Columns that may be given in a regional language too."""

NAMES: Mapping[Code, str] = {
    Code.BAL_SPACES: "*.espaces_debut_fin",
    Code.BAL_EMPTY: "*.valeur_manquante",
    Code.BAL_VALUE: "*.valeur_invalide",
    Code.BAL_DECIMAL_COMMA: "*.separateur_decimal_invalide",
    Code.BAL_UUID: "*.type_invalide",
    Code.BAL_INTEGER: "*.type_invalide",
    Code.BAL_TOO_LARGE: "*.trop_grand",
    Code.BAL_ZERO: "*.not_to_be_zero",
    Code.BAL_LEADING_ZERO: "*.contient_prefixe",
    Code.BAL_TOO_SHORT: "*.trop_court",
    Code.BAL_TOO_LONG: "*.trop_long",
    Code.BAL_CHARACTER: "*.caractere_invalide",
    Code.BAL_UNDERSCORE: "*.contient_tiret_bas",
    Code.BAL_CASE: "*.casse_incorrecte",
    Code.BAL_SUFFIX_START: "*.debut_invalide",
    Code.BAL_COMMUNE_UNKNOWN: "*.commune_invalide",
    Code.BAL_COMMUNE_FORMER: "*.commune_ancienne",
    Code.BAL_POSITION_SPELLING: "*.enum_fuzzy",
    Code.BAL_PLOT_SEPARATOR: "*.pipe_debut_fin",
    Code.BAL_DATE: "*.date_invalide",
    Code.BAL_DATE_OLD: "*.date_ancienne",
    Code.BAL_DATE_FUTURE: "*.date_future",
    Code.BAL_KEY_CASE: "*.casse_invalide",
    Code.BAL_KEY_PARTS: "*.structure_invalide",
    Code.BAL_KEY_STREET: "*.voie_invalide",
    Code.BAL_KEY_STREET_UNSAID: "*.voie_non_renseignee",
    Code.BAL_KEY_NUMBER: "*.numero_invalide",
    Code.BAL_KEY_NUMBER_WIDTH: "*.numero_prefixe_manquant",
    Code.BAL_NUMBER_MISMATCH: "row.incoherence_numero",
    Code.BAL_NO_COMMUNE: "row.commune_manquante",
    Code.BAL_COMMUNE_NAME: "row.commune_nom_invalide",
    Code.BAL_SAME_NAMES: "row.voie_nom_have_same_lieudit_complement_nom",
    Code.BAL_NO_POSITION: "row.position_manquante",
    Code.BAL_NO_COORDINATES: "row.longlat_vides",
    Code.BAL_COORDINATES: "row.longlat_invalides",
    Code.BAL_COORDINATES_APART: "row.longlat_xy_incoherents",
    Code.BAL_INCOMPLETE: "row.adresse_incomplete",
    Code.BAL_FORMER_COMMUNE_ELSEWHERE: "row.chef_lieu_invalide",
    Code.BAL_PARTIAL_IDS: "row.lack_of_id_ban",
    Code.BAL_NAMES_OF_STREET_ID: "row.different_voie_nom_with_same_id_ban_toponyme",
    Code.BAL_IDS_OF_STREET_NAME: "row.different_id_ban_toponyme_with_same_voie_nom",
    Code.BAL_ADDRESSES_OF_ID: "row.different_adresse_with_same_id_ban_adresse",
    Code.BAL_IDS_OF_ADDRESS: "row.different_id_ban_adresses_with_same_adresse",
    Code.BAL_COMPLEMENT_UNDECLARED: "row.lieudit_complement_nom_not_declared",
    Code.BAL_SEVERAL_COMMUNE_IDS: "rows.multi_id_ban_commune",
    Code.BAL_IDS_EVERYWHERE: "rows.every_line_required_id_ban",
    Code.BAL_ENCODING: "file.encoding.non_standard",
    Code.BAL_DELIMITER: "file.delimiter.non_standard",
    Code.BAL_LINE_ENDS: "file.linebreak.non_standard",
    Code.NO_ROWS: "rows.empty",
    Code.MISSING_COLUMN: "field.*.missing",
    Code.MISSING_OPTIONAL_COLUMN: "field.*.missing",
}
"""Our code → the national judge's name of the fault, `*` standing for the column."""


def national_name(code: Code, column: str | None) -> str | None:
    """What validateur-bal calls a finding, or None for one of ours alone."""
    name = NAMES.get(code)
    return None if name is None else name.replace("*", column or "")


_COORDINATES = ("x", "y", "long", "lat")
_TRIMMED = (
    *("cle_interop", "commune_nom", "commune_deleguee_insee", "commune_deleguee_nom", "uid_adresse", "voie_nom"),
    *("voie_nom_@@", "lieudit_complement_nom", "lieudit_complement_nom_@@", "numero", "position", "cad_parcelles"),
    *("source", "date_der_maj", *_COORDINATES),
)
"""Columns whose spaces at either end are a warning."""

_ERRORS = frozenset(
    [
        *(f"cle_interop.{fault}" for fault in ("structure_invalide", "commune_invalide", "numero_invalide")),
        *(f"cle_interop.{fault}" for fault in ("valeur_manquante", "numero_prefixe_manquant", "casse_invalide")),
        *(f"voie_nom.{fault}" for fault in ("valeur_manquante", "trop_court", "trop_long", "caractere_invalide")),
        *(f"numero.{fault}" for fault in ("valeur_manquante", "type_invalide", "trop_grand", "contient_prefixe")),
        *(f"suffixe.{fault}" for fault in ("debut_invalide", "trop_long", "espaces_debut_fin")),
        *(f"commune_insee.{fault}" for fault in ("commune_invalide", "valeur_manquante", "espaces_debut_fin")),
        *(f"{axis}.valeur_invalide" for axis in _COORDINATES),
        *(f"{axis}.separateur_decimal_invalide" for axis in _COORDINATES),
        *(f"row.{fault}" for fault in ("incoherence_numero", "commune_manquante", "longlat_vides")),
        *("row.longlat_invalides", "row.adresse_incomplete", "date_der_maj.date_invalide", "rows.empty"),
        *(f"field.{column}.missing" for column in ("voie_nom", "numero", "commune_insee", "long", "lat")),
        *(f"file.{part}.non_standard" for part in ("encoding", "delimiter", "linebreak")),
    ]
)
_WARNINGS = frozenset(
    [
        *(f"{column}.espaces_debut_fin" for column in _TRIMMED),
        *("cle_interop.voie_invalide", "cle_interop.commune_ancienne", "uid_adresse.type_invalide"),
        *("voie_nom.casse_incorrecte", "voie_nom.contient_tiret_bas", "suffixe.caractere_invalide"),
        *(f"voie_nom_@@.{fault}" for fault in ("casse_incorrecte", "contient_tiret_bas", "trop_court", "trop_long")),
        *("voie_nom_@@.caractere_invalide", "commune_insee.commune_ancienne", "numero.not_to_be_zero"),
        *("commune_deleguee_insee.commune_invalide", "position.enum_fuzzy", "position.valeur_invalide"),
        *("cad_parcelles.valeur_invalide", "cad_parcelles.pipe_debut_fin", "source.valeur_manquante"),
        *(f"date_der_maj.{fault}" for fault in ("valeur_manquante", "date_ancienne", "date_future")),
        *("certification_commune.valeur_invalide", "row.voie_nom_have_same_lieudit_complement_nom"),
        *(f"row.{fault}" for fault in ("commune_nom_invalide", "position_manquante", "chef_lieu_invalide")),
        *("row.longlat_xy_incoherents", "row.lieudit_complement_nom_not_declared"),
        *(f"field.{column}.missing" for column in ("suffixe", "cle_interop", "position", "x", "y")),
        *(f"field.{column}.missing" for column in ("source", "date_der_maj", "certification_commune")),
    ]
)
_IDENTIFIERS = ("id_ban_commune", "id_ban_toponyme", "id_ban_adresse")
_ERRORS_1_4 = _ERRORS | {
    *(f"{column}.type_invalide" for column in (*_IDENTIFIERS, "uid_adresse")),
    *("row.lack_of_id_ban", "rows.multi_id_ban_commune", "rows.every_line_required_id_ban"),
}
_MISSING_IDENTIFIERS = frozenset(f"field.{column}.missing" for column in _IDENTIFIERS)
_WARNINGS_1_4 = (
    _WARNINGS
    | _MISSING_IDENTIFIERS
    | {
        *("row.different_voie_nom_with_same_id_ban_toponyme", "row.different_id_ban_toponyme_with_same_voie_nom"),
        *("row.different_adresse_with_same_id_ban_adresse", "row.different_id_ban_adresses_with_same_adresse"),
    }
)
_ERRORS_1_5 = (
    (_ERRORS_1_4 - {"field.voie_nom.missing"})
    | _MISSING_IDENTIFIERS
    | {
        *("field.toponyme.missing", "toponyme.valeur_manquante"),
        *("toponyme.trop_court", "toponyme.trop_long", "toponyme.caractere_invalide"),
    }
)
_WARNINGS_1_5 = (_WARNINGS_1_4 - _MISSING_IDENTIFIERS) | {
    *("toponyme.casse_incorrecte", "toponyme.contient_tiret_bas"),
    *(f"toponyme_@@.{fault}" for fault in ("casse_incorrecte", "contient_tiret_bas", "trop_court", "trop_long")),
    "toponyme_@@.caractere_invalide",
}

LEVELS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "1.3.0": (_ERRORS, _WARNINGS),
    "1.4.0": (_ERRORS_1_4, _WARNINGS_1_4),
    "1.5.0": (_ERRORS_1_5, _WARNINGS_1_5),
}
"""Version → names of its errors, names of its warnings."""


def severity_of(code: Code, column: str | None, *, version: str, language: str | None = None) -> Severity:
    """How grave a fault is in a version of the format; `column` without its `language`."""
    name = NAMES[code].replace("*", f"{column}_@@" if language else column or "")
    errors, warnings = LEVELS[version]
    if name in errors:
        return Severity.ERROR
    return Severity.WARNING if name in warnings else Severity.INFO


def described() -> list[tuple[str, str, str, str]]:
    """For the documentation: code, national name, where it is an error, where a warning (versions, or columns)."""
    ours = [(code, name) for code, name in NAMES.items() if code.value.startswith("bal-")]
    return [
        (f"`{code}`", f"`{name}`", ", ".join(_held(code, name, 0)) or "—", ", ".join(_held(code, name, 1)) or "—")
        for code, name in ours
    ]


def _held(code: Code, name: str, level: int) -> list[str]:
    if not name.startswith("*"):
        return [version.removesuffix(".0") for version, names in LEVELS.items() if name in names[level]]
    return [
        f"`{column}`"
        for column in FIELDS
        if any(name.replace("*", column) in names[level] for names in LEVELS.values())
        and (code is not Code.BAL_UUID or column != "numero")
        and (code is not Code.BAL_INTEGER or column == "numero")
    ]
