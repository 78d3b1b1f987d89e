"""Words for addresses (base adresse locale): the rules of the national judge of that format, in our words."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.of_address_files import ADDRESS_FILE_WORDINGS
from services.validator.sentences.of_address_rows import ADDRESS_ROW_WORDINGS
from services.validator.sentences.wording import REPLACE, English, Wording

Code = FindingCode

ADDRESS_CELL_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.BAL_SPACES: Wording(
        "La valeur de « {column} » commence ou finit par des espaces.",
        "Supprimez ces espaces.",
        mend_with=REPLACE,
        english=English("The value of “{column}” begins or ends with spaces.", "Delete these spaces."),
    ),
    Code.BAL_EMPTY: Wording(
        "La valeur de « {column} » manque.",
        "Remplissez cette cellule.",
        expected="une valeur",
        english=English("The value of “{column}” is missing.", "Fill in this cell.", "a value"),
    ),
    Code.BAL_VALUE: Wording(
        "« {value} » n’est pas une valeur admise pour « {column} ».",
        "Écrivez {form}.",
        expected="{form}",
        english=English("“{value}” is not an accepted value for “{column}”.", "Write {form}.", "{form}"),
    ),
    Code.BAL_DECIMAL_COMMA: Wording(
        "« {value} » est écrit avec une virgule : les coordonnées d’une base adresse locale s’écrivent avec un point.",
        "Remplacez la virgule par un point.",
        expected="un nombre dont les décimales suivent un point",
        mend_with=REPLACE,
        english=English(
            "“{value}” is written with a comma: coordinates of a base adresse locale are written with a point.",
            "Replace the comma with a point.",
            "a number whose decimals follow a point",
        ),
    ),
    Code.BAL_UUID: Wording(
        "« {value} » n’est pas un identifiant de la base adresse nationale.",
        "Reprenez l’identifiant donné par la base adresse nationale, ou laissez vides toutes les colonnes "
        "d’identifiants.",
        expected="un UUID de version 4, comme 5c9b1f36-40a5-4c4e-9d0e-6b3a2f6c7d10",
        english=English(
            "“{value}” is not an identifier of the national address base.",
            "Take the identifier given by the national address base, or leave all columns of identifiers empty.",
            "a version 4 UUID, such as 5c9b1f36-40a5-4c4e-9d0e-6b3a2f6c7d10",
        ),
    ),
    Code.BAL_INTEGER: Wording(
        "Le numéro « {value} » n’est pas un entier.",
        "N’écrivez que des chiffres ; « bis », « ter » ou une lettre vont dans la colonne « suffixe ».",
        expected="un entier de 0 à 99999",
        english=English(
            "The number “{value}” is not an integer.",
            "Write digits only; “bis”, “ter” or a letter go into the column “suffixe”.",
            "an integer from 0 to 99999",
        ),
    ),
    Code.BAL_TOO_LARGE: Wording(
        "Le numéro « {value} » est trop grand.",
        "Vérifiez le numéro ; un lieu-dit sans numéro porte le numéro 99999.",
        expected="un entier de 0 à 99999",
        english=English(
            "The number “{value}” is too large.",
            "Check the number; a place without numbers has the number 99999.",
            "an integer from 0 to 99999",
        ),
    ),
    Code.BAL_ZERO: Wording(
        "Le numéro est 0.",
        "Vérifiez le numéro ; un lieu-dit sans numéro porte le numéro 99999.",
        expected="un entier de 1 à 99999",
        english=English(
            "The number is 0.",
            "Check the number; a place without numbers has the number 99999.",
            "an integer from 1 to 99999",
        ),
    ),
    Code.BAL_LEADING_ZERO: Wording(
        "Le numéro « {value} » commence par un zéro.",
        "Supprimez les zéros du début.",
        expected="un entier sans zéro au début",
        mend_with=REPLACE,
        english=English(
            "The number “{value}” begins with a zero.", "Delete the leading zeros.", "an integer without leading zero"
        ),
    ),
    Code.BAL_TOO_SHORT: Wording(
        "Le nom « {value} » est trop court.",
        "Écrivez le nom en entier.",
        expected="3 caractères au moins",
        english=English("The name “{value}” is too short.", "Write the whole name.", "at least 3 characters"),
    ),
    Code.BAL_TOO_LONG: Wording(
        "« {value} » est trop long pour « {column} ».",
        "Raccourcissez la valeur.",
        expected="{limit} caractères au plus",
        english=English("“{value}” is too long for “{column}”.", "Shorten the value.", "at most {limit} characters"),
    ),
    Code.BAL_CHARACTER: Wording(
        "« {value} » contient un caractère qui n’a pas sa place dans « {column} ».",
        "Réécrivez la valeur : un caractère détruit (\N{REPLACEMENT CHARACTER}) vient d’un fichier mal réencodé.",
        expected="{form}",
        english=English(
            "“{value}” holds a character that does not belong in “{column}”.",
            "Write the value again: a destroyed character (\N{REPLACEMENT CHARACTER}) comes from a file badly "
            "re-encoded.",
            "{form}",
        ),
    ),
    Code.BAL_UNDERSCORE: Wording(
        "Le nom « {value} » contient un tiret bas.",
        "Remplacez le tiret bas par une espace.",
        mend_with=REPLACE,
        english=English("The name “{value}” holds an underscore.", "Replace the underscore with a space."),
    ),
    Code.BAL_CASE: Wording(
        "Le nom « {value} » est écrit d’une seule casse.",
        "Écrivez-le en minuscules avec ses majuscules et ses accents.",
        expected="par exemple « Rue de l’Église »",
        english=English(
            "The name “{value}” is written in a single case.",
            "Write it in lower case with its capitals and accents.",
            "for example “Rue de la Paix”",
        ),
    ),
    Code.BAL_SUFFIX_START: Wording(
        "Le suffixe « {value} » ne commence pas par une lettre ou un chiffre.",
        "Écrivez par exemple « bis », « ter » ou « a ».",
        expected="une lettre ou un chiffre d’abord",
        english=English(
            "The suffix “{value}” does not begin with a letter or a digit.",
            "Write for example “bis”, “ter” or “a”.",
            "a letter or a digit first",
        ),
    ),
    Code.BAL_COMMUNE_UNKNOWN: Wording(
        "« {value} » n’est le code d’aucune commune.",
        "Vérifiez le code dans le code officiel géographique de l’INSEE ; ce n’est pas le code postal.",
        expected="un code INSEE de commune, comme 31239 ou 2A004",
        english=English(
            "“{value}” is the code of no commune.",
            "Check the code in the official geographic code of INSEE; it is not the postal code.",
            "an INSEE code of a commune, such as 31239 or 2A004",
        ),
    ),
    Code.BAL_COMMUNE_FORMER: Wording(
        "« {value} » est le code d’une ancienne commune.",
        "Écrivez le code de la commune actuelle ; l’ancien code va dans « commune_deleguee_insee ».",
        expected="le code INSEE d’une commune actuelle",
        english=English(
            "“{value}” is the code of a former commune.",
            "Write the code of the present commune; the former code goes into “commune_deleguee_insee”.",
            "the INSEE code of a present commune",
        ),
    ),
    Code.BAL_POSITION_SPELLING: Wording(
        "La position « {value} » est comprise, mais ne s’écrit pas ainsi.",
        "Écrivez la valeur de la liste, à la lettre près.",
        mend_with=REPLACE,
        english=English(
            "The position “{value}” is understood, but is not written so.",
            "Write the value of the list, letter for letter.",
        ),
    ),
    Code.BAL_PLOT_SEPARATOR: Wording(
        "Les parcelles « {value} » commencent ou finissent par une barre verticale.",
        "La barre verticale sépare deux parcelles : supprimez celle du bord.",
        mend_with=REPLACE,
        english=English(
            "The plots “{value}” begin or end with a vertical bar.",
            "A vertical bar separates two plots: delete the one at the edge.",
        ),
    ),
    Code.BAL_DATE: Wording(
        "« {value} » n’est pas une date AAAA-MM-JJ.",
        "Écrivez la date de mise à jour comme 2025-03-28.",
        expected="une date AAAA-MM-JJ",
        mend_with=REPLACE,
        english=English(
            "“{value}” is not a date YYYY-MM-DD.", "Write the date of the update as 2025-03-28.", "a date YYYY-MM-DD"
        ),
    ),
    Code.BAL_DATE_OLD: Wording(
        "La date de mise à jour {value} est antérieure à 2010.",
        "Vérifiez la date.",
        english=English("The date of the update, {value}, is before 2010.", "Check the date."),
    ),
    Code.BAL_DATE_FUTURE: Wording(
        "La date de mise à jour {value} n’est pas encore passée.",
        "Vérifiez la date.",
        english=English("The date of the update, {value}, is in the future.", "Check the date."),
    ),
    Code.BAL_KEY_CASE: Wording(
        "La clé d’interopérabilité « {value} » contient des majuscules.",
        "Écrivez la clé en minuscules.",
        mend_with=REPLACE,
        english=English("The interoperability key “{value}” holds capitals.", "Write the key in lower case."),
    ),
    Code.BAL_KEY_PARTS: Wording(
        "La clé d’interopérabilité « {value} » n’a pas ses trois parties.",
        "Écrivez le code de la commune, celui de la voie et le numéro, séparés par des tirets bas.",
        expected="comme 31239_0045_00012_bis",
        english=English(
            "The interoperability key “{value}” does not have its three parts.",
            "Write the code of the commune, that of the street and the number, separated by underscores.",
            "such as 31239_0045_00012_bis",
        ),
    ),
    Code.BAL_KEY_STREET: Wording(
        "Le code de voie de la clé « {value} » n’a pas 4 caractères.",
        "Reprenez le code de la voie (FANTOIR ou TOPO).",
        expected="4 caractères, comme 0045",
        english=English(
            "The street code of the key “{value}” does not have 4 characters.",
            "Take the code of the street (FANTOIR or TOPO).",
            "4 characters, such as 0045",
        ),
    ),
    Code.BAL_KEY_STREET_UNSAID: Wording(
        "La clé « {value} » ne dit pas le code de la voie.",
        "Écrivez le code de la voie s’il est connu.",
        english=English("The key “{value}” does not give the street code.", "Write the street code if it is known."),
    ),
    Code.BAL_KEY_NUMBER: Wording(
        "Le numéro de la clé « {value} » n’est pas un nombre.",
        "Écrivez le numéro sur 5 chiffres.",
        expected="5 chiffres, comme 00012",
        english=English(
            "The number of the key “{value}” is not a number.",
            "Write the number in 5 digits.",
            "5 digits, such as 00012",
        ),
    ),
    Code.BAL_KEY_NUMBER_WIDTH: Wording(
        "Le numéro de la clé « {value} » n’a pas 5 chiffres.",
        "Complétez le numéro par des zéros à gauche.",
        expected="5 chiffres, comme 00012",
        english=English(
            "The number of the key “{value}” does not have 5 digits.",
            "Complete the number with zeros on the left.",
            "5 digits, such as 00012",
        ),
    ),
}

ADDRESS_WORDINGS: Mapping[FindingCode, Wording] = {
    **ADDRESS_CELL_WORDINGS,
    **ADDRESS_ROW_WORDINGS,
    **ADDRESS_FILE_WORDINGS,
}
