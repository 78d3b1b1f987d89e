"""Words for a file of addresses as a whole: rows that contradict each other, and the form of the file."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import English, Wording

Code = FindingCode

ADDRESS_FILE_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.BAL_NAMES_OF_STREET_ID: Wording(
        "Un même « id_ban_toponyme » porte plusieurs noms de voie, dont « {value} ».",
        "Donnez à chaque voie son identifiant, ou à cet identifiant un seul nom.",
        expected="un nom de voie par identifiant",
        english=English(
            "One “id_ban_toponyme” has several street names, “{value}” among them.",
            "Give each street its own identifier, or this identifier a single name.",
            "one street name for each identifier",
        ),
    ),
    Code.BAL_IDS_OF_STREET_NAME: Wording(
        "La voie « {value} » a plusieurs « id_ban_toponyme ».",
        "Donnez à toutes les adresses de la voie le même identifiant.",
        expected="un identifiant par nom de voie",
        english=English(
            "The street “{value}” has several “id_ban_toponyme”.",
            "Give all addresses of the street the same identifier.",
            "one identifier for each street name",
        ),
    ),
    Code.BAL_ADDRESSES_OF_ID: Wording(
        "Un même « id_ban_adresse » désigne plusieurs adresses, dont « {value} ».",
        "Donnez à chaque adresse son identifiant.",
        expected="une adresse par identifiant",
        english=English(
            "One “id_ban_adresse” names several addresses, “{value}” among them.",
            "Give each address its own identifier.",
            "one address for each identifier",
        ),
    ),
    Code.BAL_IDS_OF_ADDRESS: Wording(
        "L’adresse « {value} » a plusieurs « id_ban_adresse ».",
        "Donnez le même identifiant à toutes les positions d’une adresse.",
        expected="un identifiant par adresse",
        english=English(
            "The address “{value}” has several “id_ban_adresse”.",
            "Give all positions of one address the same identifier.",
            "one identifier for each address",
        ),
    ),
    Code.BAL_COMPLEMENT_UNDECLARED: Wording(
        "Le lieu-dit « {value} » n’a pas sa propre ligne.",
        "Ajoutez une ligne de numéro 99999 pour ce lieu-dit.",
        expected="une ligne de numéro 99999 du même nom",
        english=English(
            "The place “{value}” does not have a line of its own.",
            "Add a line with the number 99999 for this place.",
            "a line with the number 99999 and the same name",
        ),
    ),
    Code.BAL_SEVERAL_COMMUNE_IDS: Wording(
        "Le fichier contient {count} « id_ban_commune » différents.",
        "Une base adresse locale décrit une seule commune : séparez les communes, ou corrigez l’identifiant.",
        expected="un seul « id_ban_commune »",
        english=English(
            "The file holds {count} different “id_ban_commune”.",
            "A base adresse locale describes a single commune: separate the communes, or mend the identifier.",
            "a single “id_ban_commune”",
        ),
    ),
    Code.BAL_IDS_EVERYWHERE: Wording(
        "Des lignes ({count}) n’ont pas tous les identifiants de la base adresse nationale, d’autres les ont.",
        "Remplissez les identifiants de toutes les lignes, ou videz-les partout.",
        expected="les identifiants partout, ou nulle part",
        english=English(
            "Some lines ({count}) do not have all identifiers of the national address base, while others do.",
            "Fill in the identifiers of all lines, or empty them everywhere.",
            "identifiers everywhere, or nowhere",
        ),
    ),
    Code.BAL_ENCODING: Wording(
        "Le fichier est encodé en {value} : une base adresse locale l’est en UTF-8.",
        "Enregistrez le fichier en « CSV UTF-8 ».",
        expected="UTF-8",
        english=English(
            "The file is encoded in {value}: a base adresse locale is in UTF-8.",
            "Save the file as “CSV UTF-8”.",
            "UTF-8",
        ),
    ),
    Code.BAL_DELIMITER: Wording(
        "Les colonnes sont séparées par « {value} » : celles d’une base adresse locale le sont par un point-virgule.",
        "Enregistrez le fichier avec le point-virgule comme séparateur.",
        expected="un point-virgule",
        english=English(
            "Columns are separated by “{value}”: those of a base adresse locale are by a semicolon.",
            "Save the file with the semicolon as separator.",
            "a semicolon",
        ),
    ),
    Code.BAL_LINE_ENDS: Wording(
        "Les lignes finissent comme sur un ancien Macintosh (CR seul).",
        "Enregistrez le fichier avec des fins de ligne Unix (LF) ou Windows (CRLF).",
        expected="LF ou CRLF",
        english=English(
            "Lines end as on an old Macintosh (CR alone).",
            "Save the file with Unix (LF) or Windows (CRLF) line ends.",
            "LF or CRLF",
        ),
    ),
}
