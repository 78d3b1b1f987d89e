"""Words for cells and rows that break a constraint or a French check."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import REPLACE, Wording

Code = FindingCode

CONSTRAINT_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.REQUIRED_VALUE: Wording(
        "La valeur de « {column} » manque.",
        "Remplissez cette cellule.",
        expected="une valeur ({title})",
        validata="constraint-error",
    ),
    Code.NOT_IN_LIST: Wording(
        "« {value} » n’est pas dans la liste des valeurs admises.",
        "Écrivez l’une de ces valeurs, à la lettre près : {allowed}.",
        expected="{allowed}",
        mend_with=REPLACE,
        validata="constraint-error",
    ),
    Code.PATTERN_MISMATCH: Wording(
        "« {value} » n’a pas la forme attendue pour « {column} ».",
        "Corrigez la valeur{example}.",
        expected="{title}, selon le motif {pattern}",
        mend_with=REPLACE,
        validata="constraint-error",
    ),
    Code.TOO_SHORT: Wording(
        "« {value} » est trop court : {length}, pour {limit} au moins.",
        "Complétez la valeur.",
        expected="{limit} caractères au moins",
        validata="constraint-error",
    ),
    Code.TOO_LONG: Wording(
        "« {value} » est trop long : {length}, pour {limit} au plus.",
        "Raccourcissez la valeur.",
        expected="{limit} caractères au plus",
        validata="constraint-error",
    ),
    Code.TOO_SMALL: Wording(
        "« {value} » est trop petit.",
        "Vérifiez la valeur et son unité.",
        expected="{limit} ou plus",
        validata="constraint-error",
    ),
    Code.TOO_LARGE: Wording(
        "« {value} » est trop grand.",
        "Vérifiez la valeur et son unité.",
        expected="{limit} ou moins",
        validata="constraint-error",
    ),
}

CHECK_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.SIRET_INVALID: Wording(
        "« {value} » n’est pas un numéro SIRET valide{why}.",
        "Vérifiez le numéro auprès de l’organisme ou sur annuaire-entreprises.data.gouv.fr.",
        expected="14 chiffres dont le dernier est une clé de contrôle",
        mend_with=REPLACE,
        validata="custom-check-error",
    ),
    Code.SIREN_INVALID: Wording(
        "« {value} » n’est pas un numéro SIREN valide{why}.",
        "Vérifiez le numéro auprès de l’organisme ou sur annuaire-entreprises.data.gouv.fr.",
        expected="9 chiffres dont le dernier est une clé de contrôle",
        validata="custom-check-error",
    ),
    Code.NOMENCLATURE_ACTE: Wording(
        "« {value} » ne suit pas la nomenclature nationale des actes.",
        "Écrivez la matière, une barre oblique sans espace autour, puis la sous-matière : « Finances "
        "locales/Subventions ».",
        expected="l’une des neuf matières de la nomenclature ACTES, « / », puis la sous-matière",
        mend_with=REPLACE,
        validata="custom-check-error",
    ),
    Code.COLUMNS_NOT_COHESIVE: Wording(
        "Les colonnes {columns} doivent être toutes remplies ou toutes vides{absent}.",
        "Remplissez celles qui manquent, ou videz les autres.",
        expected="toutes remplies, ou toutes vides",
        validata="cohesive-columns-value",
    ),
    Code.COMPARISON_FAILED: Wording(
        "« {column} » ({value}) doit être {relation} « {other} » ({other_value}).",
        "Vérifiez les deux valeurs : l’une au moins est fausse.",
        expected="{column} {op} {other}",
        validata="compare-columns-value",
    ),
    Code.VALUES_NOT_COMPARABLE: Wording(
        "« {column} » ({value}) et « {other} » ({other_value}) ne peuvent pas être comparés.",
        "Écrivez les deux valeurs dans le même format.",
        expected="{column} {op} {other}",
        validata="compare-columns-value",
    ),
    Code.SUM_MISMATCH: Wording(
        "« {column} » vaut {value}, mais la somme de {columns} fait {total}.",
        "Vérifiez ces nombres : un pouvoir ou un vote blanc oublié explique souvent l’écart.",
        expected="{total}",
        validata="sum-columns-value",
    ),
    Code.YEAR_INTERVAL: Wording(
        "« {value} » n’est pas {form}.",
        "Écrivez par exemple 2024/2025 : la seconde année suit la première.",
        expected="{form}",
        validata="year-interval-value",
    ),
    Code.ONE_OF_REQUIRED: Wording(
        "L’une au moins des colonnes « {column} » et « {other} » doit être remplie.",
        "Remplissez « {column} » ou « {other} ».",
        expected="une valeur dans « {column} » ou dans « {other} »",
        validata="one-of-required",
    ),
    Code.DUPLICATE_IDENTITY: Wording(
        "La ligne {row} a la même identité ({columns}) que la ligne {first_row} : les deux sont gardées.",
        "Supprimez la ligne en double, ou distinguez-les par leur identifiant.",
        expected="une seule ligne par identité",
    ),
}
