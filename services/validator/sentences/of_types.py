"""Words for cells that are not of their column's type."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import REPLACE, Wording

Code = FindingCode

TYPE_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.DATE_FORMAT: Wording(
        "« {value} » n’est pas une date au format attendu.",
        "Écrivez la date sous la forme AAAA-MM-JJ, par exemple 2024-12-31.",
        expected="une date AAAA-MM-JJ",
        mend_with=REPLACE,
        validata="type-error",
    ),
    Code.DATETIME_FORMAT: Wording(
        "« {value} » n’est pas une date et heure au format attendu.",
        "Écrivez par exemple 2024-12-31T18:30:00Z.",
        expected="une date et une heure ISO 8601",
        validata="type-error",
    ),
    Code.YEAR_FORMAT: Wording(
        "« {value} » n’est pas une année.",
        "Écrivez l’année en quatre chiffres, par exemple 2024.",
        expected="une année en quatre chiffres",
        mend_with=REPLACE,
        validata="type-error",
    ),
    Code.INTEGER_FORMAT: Wording(
        "« {value} » n’est pas un nombre entier.",
        "Écrivez un nombre entier, sans décimale, ni espace, ni unité.",
        expected="un nombre entier",
        mend_with=REPLACE,
        validata="type-error",
    ),
    Code.INTEGER_OUT_OF_RANGE: Wording(
        "« {value} » est un nombre trop grand pour être conservé exactement.",
        "Vérifiez la valeur ; si c’est un identifiant, il n’a pas sa place dans cette colonne.",
        expected="un entier entre −9 223 372 036 854 775 808 et 9 223 372 036 854 775 807",
    ),
    Code.NUMBER_FORMAT: Wording(
        "« {value} » n’est pas un nombre au format attendu.",
        "Écrivez le nombre avec un point décimal, sans espace ni unité, par exemple 1234.50.",
        expected="un nombre, avec un point décimal",
        mend_with=REPLACE,
        validata="type-error",
    ),
    Code.NUMBER_NOT_FINITE: Wording(
        "« {value} » n’est pas un nombre fini.",
        "Écrivez un nombre, ou laissez la cellule vide si la valeur n’est pas connue.",
        expected="un nombre fini",
    ),
    Code.NUMBER_OUT_OF_RANGE: Wording(
        "« {value} » sort des nombres qui peuvent être conservés exactement.",
        "Vérifiez la valeur et son exposant.",
        expected="un nombre de 100 chiffres au plus",
    ),
    Code.EXOTIC_DIGITS: Wording(
        "« {value} » contient des chiffres ou des signes hors de l’ASCII ordinaire (chiffres pleine chasse, arabes, "
        "tiret bas…).",
        "Retapez la valeur avec les chiffres 0 à 9 du clavier.",
        expected="les chiffres 0 à 9",
        mend_with=REPLACE,
    ),
    Code.BOOLEAN_VALUE: Wording(
        "« {value} » n’est pas l’une des valeurs admises.",
        "Écrivez l’une de ces valeurs, à la lettre près : {allowed}.",
        expected="{allowed}",
        mend_with=REPLACE,
        validata="type-error",
    ),
    Code.URI_FORMAT: Wording(
        "« {value} » n’est pas une adresse web complète.",
        "Écrivez l’adresse entière, avec https:// au début.",
        expected="une adresse qui commence par https:// ou http://",
        mend_with=REPLACE,
        validata="type-error",
    ),
    Code.EMAIL_FORMAT: Wording(
        "« {value} » n’est pas une adresse électronique.",
        "Écrivez une seule adresse, par exemple mairie@exemple.fr.",
        expected="une adresse électronique",
        validata="type-error",
    ),
    Code.UUID_FORMAT: Wording(
        "« {value} » n’est pas un UUID.",
        "Écrivez l’identifiant sous la forme 8-4-4-4-12 caractères hexadécimaux, sans accolades.",
        expected="un UUID, par exemple 0b0f2c6e-8a39-4a57-8d6c-2f1f4b9a3e21",
        validata="type-error",
    ),
    Code.ARRAY_FORMAT: Wording(
        "« {value} » n’est pas une liste JSON.",
        'Écrivez la liste entre crochets, par exemple ["un", "deux"].',
        expected="une liste JSON",
        validata="type-error",
    ),
    Code.TYPE_FORMAT: Wording(
        "« {value} » n’a pas le type attendu.",
        "Corrigez la valeur selon la description de la colonne dans le schéma.",
        expected="une valeur de type {type}",
        validata="type-error",
    ),
    Code.UNREADABLE_CELL: Wording(
        "« {value} » ne peut pas être lu comme une valeur de type {type}.",
        "Retapez la valeur : elle contient des caractères ou une forme que rien ne sait interpréter.",
        expected="une valeur de type {type}",
    ),
    Code.REPLACEMENT_CHARACTER: Wording(
        "« {value} » contient un caractère détruit (\N{REPLACEMENT CHARACTER}), perdu dans un changement d’encodage.",
        "Retapez la lettre perdue et exportez le fichier en UTF-8.",
        expected="des accents intacts",
    ),
}
