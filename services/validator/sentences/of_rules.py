"""Words for cells and rows that break a constraint or a French check."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import REPLACE, English, Wording

Code = FindingCode

CONSTRAINT_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.REQUIRED_VALUE: Wording(
        "La valeur de « {column} » manque.",
        "Remplissez cette cellule.",
        expected="une valeur ({title})",
        validata="constraint-error",
        english=English("The value of “{column}” is missing.", "Fill in this cell.", "a value ({title})"),
    ),
    Code.NOT_IN_LIST: Wording(
        "« {value} » n’est pas dans la liste des valeurs admises.",
        "Écrivez l’une de ces valeurs, à la lettre près : {allowed}.",
        expected="{allowed}",
        mend_with=REPLACE,
        validata="constraint-error",
        english=English(
            "“{value}” is not in the list of accepted values.",
            "Write one of these values, letter for letter: {allowed}.",
            "{allowed}",
        ),
    ),
    Code.PATTERN_MISMATCH: Wording(
        "« {value} » n’a pas la forme attendue pour « {column} ».",
        "Corrigez la valeur{example}.",
        expected="{title}, selon le motif {pattern}",
        mend_with=REPLACE,
        validata="constraint-error",
        english=English(
            "“{value}” does not have the form expected of “{column}”.",
            "Mend the value{example}.",
            "{title}, following the pattern {pattern}",
        ),
    ),
    Code.PATTERN_TOO_SLOW: Wording(
        "On ne peut pas dire en un temps raisonnable si « {value} » a la forme attendue pour « {column} ».",
        "Vérifiez la valeur{example} ; si elle est juste, signalez à l’éditeur du schéma que son motif est trop lent.",
        expected="{title}, selon le motif {pattern}",
        validata="constraint-error",
        english=English(
            "Whether “{value}” has the form expected of “{column}” cannot be told in a reasonable time.",
            "Check the value{example}; if it is right, tell the publisher of the schema that its pattern is too slow.",
            "{title}, following the pattern {pattern}",
        ),
    ),
    Code.TOO_SHORT: Wording(
        "« {value} » est trop court : {length}, pour {limit} au moins.",
        "Complétez la valeur.",
        expected="{limit} caractères au moins",
        validata="constraint-error",
        english=English(
            "“{value}” is too short: {length}, for {limit} at least.",
            "Complete the value.",
            "at least {limit} characters",
        ),
    ),
    Code.TOO_LONG: Wording(
        "« {value} » est trop long : {length}, pour {limit} au plus.",
        "Raccourcissez la valeur.",
        expected="{limit} caractères au plus",
        validata="constraint-error",
        english=English(
            "“{value}” is too long: {length}, for {limit} at most.", "Shorten the value.", "at most {limit} characters"
        ),
    ),
    Code.TOO_SMALL: Wording(
        "« {value} » est trop petit.",
        "Vérifiez la valeur et son unité.",
        expected="{limit} ou plus",
        validata="constraint-error",
        english=English("“{value}” is too small.", "Check the value and its unit.", "{limit} or more"),
    ),
    Code.TOO_LARGE: Wording(
        "« {value} » est trop grand.",
        "Vérifiez la valeur et son unité.",
        expected="{limit} ou moins",
        validata="constraint-error",
        english=English("“{value}” is too large.", "Check the value and its unit.", "{limit} or less"),
    ),
}

CHECK_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.SIRET_INVALID: Wording(
        "« {value} » n’est pas un numéro SIRET valide{why}.",
        "Vérifiez le numéro auprès de l’organisme ou sur annuaire-entreprises.data.gouv.fr.",
        expected="14 chiffres dont le dernier est une clé de contrôle",
        mend_with=REPLACE,
        validata="custom-check-error",
        english=English(
            "“{value}” is not a valid SIRET number{why}.",
            "Check the number with the organisation or on annuaire-entreprises.data.gouv.fr.",
            "14 digits, the last of which is a check digit",
        ),
    ),
    Code.SIREN_INVALID: Wording(
        "« {value} » n’est pas un numéro SIREN valide{why}.",
        "Vérifiez le numéro auprès de l’organisme ou sur annuaire-entreprises.data.gouv.fr.",
        expected="9 chiffres dont le dernier est une clé de contrôle",
        validata="custom-check-error",
        english=English(
            "“{value}” is not a valid SIREN number{why}.",
            "Check the number with the organisation or on annuaire-entreprises.data.gouv.fr.",
            "9 digits, the last of which is a check digit",
        ),
    ),
    Code.NOMENCLATURE_ACTE: Wording(
        "« {value} » ne suit pas la nomenclature nationale des actes.",
        "Écrivez la matière, une barre oblique sans espace autour, puis la sous-matière : « Finances "
        "locales/Subventions ».",
        expected="l’une des neuf matières de la nomenclature ACTES, « / », puis la sous-matière",
        mend_with=REPLACE,
        validata="custom-check-error",
        english=English(
            "“{value}” does not follow the national nomenclature of acts.",
            "Write the subject, a slash without spaces around it, the sub-subject: “Finances locales/Subventions”.",
            "one of the nine subjects of the ACTES nomenclature, “/”, then the sub-subject",
        ),
    ),
    Code.COLUMNS_NOT_COHESIVE: Wording(
        "Les colonnes {columns} doivent être toutes remplies ou toutes vides{absent}.",
        "Remplissez celles qui manquent, ou videz les autres.",
        expected="toutes remplies, ou toutes vides",
        validata="cohesive-columns-value",
        english=English(
            "The columns {columns} must be all filled or all empty{absent}.",
            "Fill in those that are missing, or empty the others.",
            "all filled, or all empty",
        ),
    ),
    Code.COMPARISON_FAILED: Wording(
        "« {column} » ({value}) doit être {relation} « {other} » ({other_value}).",
        "Vérifiez les deux valeurs : l’une au moins est fausse.",
        expected="{column} {op} {other}",
        validata="compare-columns-value",
        english=English(
            "“{column}” ({value}) must be {relation} “{other}” ({other_value}).",
            "Check both values: one of them at least is wrong.",
            "{column} {op} {other}",
        ),
    ),
    Code.VALUES_NOT_COMPARABLE: Wording(
        "« {column} » ({value}) et « {other} » ({other_value}) ne peuvent pas être comparés.",
        "Écrivez les deux valeurs dans le même format.",
        expected="{column} {op} {other}",
        validata="compare-columns-value",
        english=English(
            "“{column}” ({value}) and “{other}” ({other_value}) cannot be compared.",
            "Write both values in the same format.",
            "{column} {op} {other}",
        ),
    ),
    Code.SUM_MISMATCH: Wording(
        "« {column} » vaut {value}, mais la somme de {columns} fait {total}.",
        "Vérifiez ces nombres : un pouvoir ou un vote blanc oublié explique souvent l’écart.",
        expected="{total}",
        validata="sum-columns-value",
        english=English(
            "“{column}” is {value}, but the sum of {columns} is {total}.",
            "Check these numbers: a forgotten proxy or blank vote often explains the difference.",
            "{total}",
        ),
    ),
    Code.YEAR_INTERVAL: Wording(
        "« {value} » n’est pas {form}.",
        "Écrivez par exemple 2024/2025 : la seconde année suit la première.",
        expected="{form}",
        validata="year-interval-value",
        english=English(
            "“{value}” is not {form}.", "Write for example 2024/2025: the second year follows the first.", "{form}"
        ),
    ),
    Code.ONE_OF_REQUIRED: Wording(
        "L’une au moins des colonnes « {column} » et « {other} » doit être remplie.",
        "Remplissez « {column} » ou « {other} ».",
        expected="une valeur dans « {column} » ou dans « {other} »",
        validata="one-of-required",
        english=English(
            "One at least of the columns “{column}” and “{other}” must be filled.",
            "Fill in “{column}” or “{other}”.",
            "a value in “{column}” or in “{other}”",
        ),
    ),
    Code.DUPLICATE_IDENTITY: Wording(
        "La ligne {row} a la même identité ({columns}) que la ligne {first_row} : les deux sont gardées.",
        "Supprimez la ligne en double, ou distinguez-les par leur identifiant.",
        expected="une seule ligne par identité",
        english=English(
            "Line {row} has the same identity ({columns}) as line {first_row}: both are kept.",
            "Remove the duplicate line, or tell them apart by their identifier.",
            "a single line per identity",
        ),
    ),
    Code.REPEATED_IDENTITY: Wording(
        "La ligne {row} a la même identité ({columns}) que la ligne {first_row} : une mise à jour (« upsert ») ou une "
        "suppression (« delete ») ne nomme chaque identité qu’une fois.",
        "Gardez une seule de ces deux lignes, ou distinguez-les par leur identifiant.",
        expected="une seule ligne par identité",
        english=English(
            "Line {row} has the same identity ({columns}) as line {first_row}: an update (“upsert”) or a removal "
            "(“delete”) names each identity once only.",
            "Keep a single one of these two lines, or tell them apart by their identifier.",
            "a single line per identity",
        ),
    ),
    Code.PRIMARY_KEY: Wording(
        "La clé ({columns}) de la ligne {row} est vide ou déjà prise{first}.",
        "Donnez à chaque ligne une clé à elle.",
        expected="une clé remplie, différente à chaque ligne",
        validata="primary-key",
        english=English(
            "The key ({columns}) of line {row} is empty or already taken{first}.",
            "Give each line a key of its own.",
            "a key that is filled and different on each line",
        ),
    ),
    Code.UNIQUE_VALUE: Wording(
        "La valeur de « {column} » à la ligne {row} se trouve déjà à la ligne {first_row}.",
        "Donnez à chaque ligne une valeur différente.",
        expected="une valeur différente à chaque ligne",
        validata="unique-error",
        english=English(
            "The value of “{column}” on line {row} is already on line {first_row}.",
            "Give each line a different value.",
            "a different value on each line",
        ),
    ),
}
