"""Words for values that could be read in two ways, or that lost something: why they are not corrected."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import English, Wording

Code = FindingCode

ISO = "une date AAAA-MM-JJ"
ISO_IN_ENGLISH = "a date YYYY-MM-DD"

READING_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.AMBIGUOUS_DATE: Wording(
        "« {value} » ne dit pas un jour à coup sûr (année en deux chiffres, ou mois avant le jour) : la date n’est pas "
        "corrigée à votre place.",
        "Écrivez la date sous la forme AAAA-MM-JJ, avec l’année entière.",
        expected=ISO,
        validata="type-error",
        english=English(
            "“{value}” does not tell a day for sure (two-digit year, or month before day): the date is not corrected "
            "for you.",
            "Write the date as YYYY-MM-DD, with the whole year.",
            ISO_IN_ENGLISH,
        ),
    ),
    Code.INCOMPLETE_DATE: Wording(
        "« {value} » ne dit pas le jour : la date n’est pas complétée à votre place.",
        "Écrivez le jour, sous la forme AAAA-MM-JJ.",
        expected=ISO,
        validata="type-error",
        english=English(
            "“{value}” does not say the day: the date is not completed for you.",
            "Write the day, as YYYY-MM-DD.",
            ISO_IN_ENGLISH,
        ),
    ),
    Code.TIME_IN_DATE: Wording(
        "« {value} » porte une heure : selon le fuseau, ce peut être un autre jour, et la date n’est pas corrigée à "
        "votre place.",
        "Exportez le jour seul, sous la forme AAAA-MM-JJ.",
        expected=ISO,
        validata="type-error",
        english=English(
            "“{value}” holds a time: depending on the zone it may be another day, and the date is not corrected for "
            "you.",
            "Export the day alone, as YYYY-MM-DD.",
            ISO_IN_ENGLISH,
        ),
    ),
    Code.SEVERAL_DATES: Wording(
        "« {value} » contient plusieurs dates : aucune n’est choisie à votre place.",
        "Gardez la date que demande la colonne ; écrivez les autres ailleurs, ou sur d’autres lignes.",
        expected="une seule date ou période",
        validata="type-error",
        english=English(
            "“{value}” holds several dates: none is chosen for you.",
            "Keep the date that the column asks for; write the others elsewhere, or on other rows.",
            "a single date or period",
        ),
    ),
    Code.AMBIGUOUS_NUMBER: Wording(
        "« {value} » peut être un millier ou un nombre à décimales : il n’est pas corrigé à votre place.",
        "Écrivez le nombre entier sans point ni virgule.",
        expected="un nombre entier",
        validata="type-error",
        english=English(
            "“{value}” may be thousands or a number with decimals: it is not corrected for you.",
            "Write the whole number without point or comma.",
            "a whole number",
        ),
    ),
    Code.PERCENT_SIGN: Wording(
        "« {value} » porte un signe % : la colonne attend-elle 50 ou 0.5 ? Le nombre n’est pas corrigé à votre place.",
        "Écrivez le nombre sans signe, à l’échelle que dit la description de la colonne.",
        expected="un nombre sans signe %",
        validata="type-error",
        english=English(
            "“{value}” has a % sign: does the column expect 50 or 0.5? The number is not corrected for you.",
            "Write the number without sign, on the scale that the description of the column gives.",
            "a number without % sign",
        ),
    ),
    Code.DIGITS_LOST: Wording(
        "« {value} » est en notation scientifique : un tableur y a perdu des chiffres, que rien ne peut retrouver.",
        "Reprenez la valeur d’origine ; donnez à la colonne le format texte (ou nombre, sans exposant) avant "
        "d’exporter.",
        expected="tous les chiffres de la valeur",
        validata="type-error",
        english=English(
            "“{value}” is in scientific notation: a spreadsheet lost digits that nothing can find again.",
            "Take the original value; give the column the text format (or number, without exponent) before exporting.",
            "all the digits of the value",
        ),
    ),
    Code.ZERO_LOST: Wording(
        "Il manque un chiffre à « {value} » : sans doute un zéro initial perdu dans un tableur, mais rien ne le "
        "prouve.",
        "Vérifiez la valeur ; donnez à la colonne le format texte, qui garde les zéros.",
        expected="tous les chiffres du code, zéros compris",
        validata="constraint-error",
        english=English(
            "“{value}” is one digit short: probably a leading zero lost in a spreadsheet, but nothing proves it.",
            "Check the value; give the column the text format, which keeps zeros.",
            "all the digits of the code, zeros included",
        ),
    ),
    Code.INVERTED_COORDINATES: Wording(
        "Les coordonnées « {value} » tombent hors de France, et en France si l’on échange longitude et latitude.",
        "Mettez la longitude dans « {longitude} » et la latitude dans « {latitude} » (WGS 84, degrés).",
        expected="une longitude dans « {longitude} », une latitude dans « {latitude} »",
        validata="reversed-french-gps-coordinates",
        english=English(
            "The coordinates “{value}” fall outside France, and in France with longitude and latitude exchanged.",
            "Put the longitude in “{longitude}” and the latitude in “{latitude}” (WGS 84, degrees).",
            "a longitude in “{longitude}”, a latitude in “{latitude}”",
        ),
    ),
}
