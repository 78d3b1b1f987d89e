"""Words for faults of the file as a whole."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import Wording

Code = FindingCode

FILE_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.EMPTY_FILE: Wording(
        "Le fichier est vide.",
        "Envoyez un fichier qui contient une ligne d’en-tête et au moins une ligne de données.",
        validata="source-error",
    ),
    Code.HTML_INSTEAD_OF_CSV: Wording(
        "Le fichier est une page web (HTML), pas un tableau CSV.",
        "Vérifiez l’adresse ou l’export : c’est souvent une page d’erreur ou de connexion enregistrée à la place du "
        "fichier.",
        expected="un fichier CSV",
    ),
    Code.UNSUPPORTED_FORMAT: Wording(
        "Format non pris en charge : le fichier est {detected}.",
        "Exportez le tableau en CSV (dans un tableur : Enregistrer sous, CSV UTF-8) et envoyez ce fichier.",
        expected="un fichier CSV",
        validata="format-error",
    ),
    Code.NUL_BYTES: Wording(
        "Le fichier contient un octet nul à la ligne {row} : ce n’est pas du texte, ou son encodage est mal déclaré.",
        "Exportez le fichier en UTF-8. S’il est en UTF-16, gardez sa marque d’ordre des octets (BOM) ou déclarez "
        "« charset=utf-16 ».",
        expected="du texte sans octet nul",
    ),
    Code.BINARY_CONTENT: Wording(
        "Le fichier contient des caractères de commande à la ligne {row} : ce n’est pas un fichier texte.",
        "Exportez le tableau en CSV depuis le logiciel d’origine et envoyez ce fichier.",
        expected="un fichier CSV",
    ),
    Code.ENCODING_UNKNOWN: Wording(
        "L’encodage du fichier n’est pas reconnu : la ligne {row} n’est pas de l’UTF-8, et la lire en Windows-1252 "
        "donnerait un caractère invraisemblable en français ({character}).",
        "Exportez le fichier en UTF-8, ou déclarez son encodage : « Content-Type: text/csv; charset=… ».",
        expected="de l’UTF-8, ou un encodage déclaré",
        validata="encoding-error",
    ),
    Code.ENCODING_INVALID: Wording(
        "Le fichier s’annonce en {encoding}, mais la ligne {row} n’est pas lisible dans cet encodage.",
        "Exportez de nouveau le fichier, d’une seule traite, en UTF-8 : il mélange sans doute deux encodages.",
        expected="du texte en {encoding}",
        validata="encoding-error",
    ),
    Code.CHARSET_UNKNOWN: Wording(
        "L’encodage déclaré « {value} » n’est pas accepté.",
        "Déclarez l’un de ces encodages : {accepted}.",
        expected="{accepted}",
        validata="encoding-error",
    ),
    Code.FILE_TOO_COMPLEX: Wording(
        "L’examen du fichier dépasse la limite de {limit}.",
        "Découpez le fichier (par année, par exemple) et vérifiez qu’aucun guillemet ouvert n’avale la suite du texte.",
    ),
}
