"""Words for cells that are not of their column's type."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import REPLACE, English, Wording

Code = FindingCode

TYPE_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.DATE_FORMAT: Wording(
        "« {value} » n’est pas une date au format attendu.",
        "Écrivez la date sous la forme AAAA-MM-JJ, par exemple 2024-12-31.",
        expected="une date AAAA-MM-JJ",
        mend_with=REPLACE,
        validata="type-error",
        english=English(
            "“{value}” is not a date in the expected format.",
            "Write the date as YYYY-MM-DD, for example 2024-12-31.",
            "a date YYYY-MM-DD",
        ),
    ),
    Code.DATETIME_FORMAT: Wording(
        "« {value} » n’est pas une date et heure au format attendu.",
        "Écrivez par exemple 2024-12-31T18:30:00Z.",
        expected="une date et une heure ISO 8601",
        validata="type-error",
        english=English(
            "“{value}” is not a date and time in the expected format.",
            "Write for example 2024-12-31T18:30:00Z.",
            "an ISO 8601 date and time",
        ),
    ),
    Code.YEAR_FORMAT: Wording(
        "« {value} » n’est pas une année.",
        "Écrivez l’année en quatre chiffres, par exemple 2024.",
        expected="une année en quatre chiffres",
        mend_with=REPLACE,
        validata="type-error",
        english=English(
            "“{value}” is not a year.", "Write the year in four digits, for example 2024.", "a year in four digits"
        ),
    ),
    Code.INTEGER_FORMAT: Wording(
        "« {value} » n’est pas un nombre entier.",
        "Écrivez un nombre entier, sans décimale, ni espace, ni unité.",
        expected="un nombre entier",
        mend_with=REPLACE,
        validata="type-error",
        english=English(
            "“{value}” is not a whole number.",
            "Write a whole number, without decimals, spaces or unit.",
            "a whole number",
        ),
    ),
    Code.INTEGER_OUT_OF_RANGE: Wording(
        "« {value} » est un nombre trop grand pour être conservé exactement.",
        "Vérifiez la valeur ; si c’est un identifiant, il n’a pas sa place dans cette colonne.",
        expected="un entier entre −9 223 372 036 854 775 808 et 9 223 372 036 854 775 807",
        english=English(
            "“{value}” is a number too large to be kept exactly.",
            "Check the value; if it is an identifier, it does not belong in this column.",
            "a whole number between −9,223,372,036,854,775,808 and 9,223,372,036,854,775,807",
        ),
    ),
    Code.NUMBER_FORMAT: Wording(
        "« {value} » n’est pas un nombre au format attendu.",
        "Écrivez le nombre avec un point décimal, sans espace ni unité, par exemple 1234.50.",
        expected="un nombre, avec un point décimal",
        mend_with=REPLACE,
        validata="type-error",
        english=English(
            "“{value}” is not a number in the expected format.",
            "Write the number with a decimal point, without spaces or unit, for example 1234.50.",
            "a number, with a decimal point",
        ),
    ),
    Code.NUMBER_NOT_FINITE: Wording(
        "« {value} » n’est pas un nombre fini.",
        "Écrivez un nombre, ou laissez la cellule vide si la valeur n’est pas connue.",
        expected="un nombre fini",
        english=English(
            "“{value}” is not a finite number.",
            "Write a number, or leave the cell empty if the value is not known.",
            "a finite number",
        ),
    ),
    Code.NUMBER_OUT_OF_RANGE: Wording(
        "« {value} » sort des nombres qui peuvent être conservés exactement.",
        "Vérifiez la valeur et son exposant.",
        expected="un nombre de 100 chiffres au plus",
        english=English(
            "“{value}” is beyond the numbers that can be kept exactly.",
            "Check the value and its exponent.",
            "a number of at most 100 digits",
        ),
    ),
    Code.EXOTIC_DIGITS: Wording(
        "« {value} » contient des chiffres ou des signes hors de l’ASCII ordinaire (chiffres pleine chasse, arabes, "
        "tiret bas…).",
        "Retapez la valeur avec les chiffres 0 à 9 du clavier.",
        expected="les chiffres 0 à 9",
        mend_with=REPLACE,
        english=English(
            "“{value}” has digits or signs outside plain ASCII (full-width or Arabic digits, underscore…).",
            "Type the value again with the digits 0 to 9 of the keyboard.",
            "the digits 0 to 9",
        ),
    ),
    Code.BOOLEAN_VALUE: Wording(
        "« {value} » n’est pas l’une des valeurs admises.",
        "Écrivez l’une de ces valeurs, à la lettre près : {allowed}.",
        expected="{allowed}",
        mend_with=REPLACE,
        validata="type-error",
        english=English(
            "“{value}” is not one of the accepted values.",
            "Write one of these values, letter for letter: {allowed}.",
            "{allowed}",
        ),
    ),
    Code.URI_FORMAT: Wording(
        "« {value} » n’est pas une adresse web complète.",
        "Écrivez l’adresse entière, avec https:// au début.",
        expected="une adresse qui commence par https:// ou http://",
        mend_with=REPLACE,
        validata="type-error",
        english=English(
            "“{value}” is not a complete web address.",
            "Write the whole address, starting with https://.",
            "an address that starts with https:// or http://",
        ),
    ),
    Code.EMAIL_FORMAT: Wording(
        "« {value} » n’est pas une adresse électronique.",
        "Écrivez une seule adresse, par exemple mairie@exemple.fr.",
        expected="une adresse électronique",
        validata="type-error",
        english=English(
            "“{value}” is not an e-mail address.",
            "Write a single address, for example mairie@exemple.fr.",
            "an e-mail address",
        ),
    ),
    Code.UUID_FORMAT: Wording(
        "« {value} » n’est pas un UUID.",
        "Écrivez l’identifiant sous la forme 8-4-4-4-12 caractères hexadécimaux, sans accolades.",
        expected="un UUID, par exemple 0b0f2c6e-8a39-4a57-8d6c-2f1f4b9a3e21",
        validata="type-error",
        english=English(
            "“{value}” is not a UUID.",
            "Write the identifier as 8-4-4-4-12 hexadecimal characters, without braces.",
            "a UUID, for example 0b0f2c6e-8a39-4a57-8d6c-2f1f4b9a3e21",
        ),
    ),
    Code.ARRAY_FORMAT: Wording(
        "« {value} » n’est pas une liste JSON.",
        'Écrivez la liste entre crochets, par exemple ["un", "deux"].',
        expected="une liste JSON",
        validata="type-error",
        english=English(
            "“{value}” is not a JSON list.",
            'Write the list in square brackets, for example ["one", "two"].',
            "a JSON list",
        ),
    ),
    Code.TYPE_FORMAT: Wording(
        "« {value} » n’a pas le type attendu.",
        "Corrigez la valeur selon la description de la colonne dans le schéma.",
        expected="une valeur de type {type}",
        validata="type-error",
        english=English(
            "“{value}” is not of the expected type.",
            "Mend the value as the description of the column in the schema says.",
            "a value of type {type}",
        ),
    ),
    Code.UNREADABLE_CELL: Wording(
        "« {value} » ne peut pas être lu comme une valeur de type {type}.",
        "Retapez la valeur : elle contient des caractères ou une forme que rien ne sait interpréter.",
        expected="une valeur de type {type}",
        english=English(
            "“{value}” cannot be read as a value of type {type}.",
            "Type the value again: it has characters or a form that nothing can interpret.",
            "a value of type {type}",
        ),
    ),
    Code.REPLACEMENT_CHARACTER: Wording(
        "« {value} » contient un caractère détruit (\N{REPLACEMENT CHARACTER}), perdu dans un changement d’encodage.",
        "Retapez la lettre perdue et exportez le fichier en UTF-8.",
        expected="des accents intacts",
        english=English(
            "“{value}” has a destroyed character (\N{REPLACEMENT CHARACTER}), lost in a change of encoding.",
            "Type the lost letter again and export the file as UTF-8.",
            "intact accents",
        ),
    ),
    Code.CONTROL_CHARACTER: Wording(
        "La cellule contient un caractère de commande, invisible.",
        "Retirez ce caractère : recopiez la valeur sans mise en forme.",
        expected="du texte sans caractère de commande",
        english=English(
            "The cell holds a control character, which cannot be seen.",
            "Remove this character: copy the value again without formatting.",
            "text without control characters",
        ),
    ),
}
