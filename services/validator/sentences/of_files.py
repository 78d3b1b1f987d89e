"""Words for faults of the file as a whole."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import English, Wording

Code = FindingCode

FILE_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.EMPTY_FILE: Wording(
        "Le fichier est vide.",
        "Envoyez un fichier qui contient une ligne d’en-tête et au moins une ligne de données.",
        validata="source-error",
        english=English("The file is empty.", "Send a file with a header line and at least one line of data."),
    ),
    Code.HTML_INSTEAD_OF_CSV: Wording(
        "Le fichier est une page web (HTML), pas un tableau CSV.",
        "Vérifiez l’adresse ou l’export : c’est souvent une page d’erreur ou de connexion enregistrée à la place du "
        "fichier.",
        expected="un tableau CSV, XLSX, XLS, ODS, JSON, NDJSON ou Parquet",
        english=English(
            "The file is a web page (HTML), not a CSV table.",
            "Check the address or the export: it is often an error or login page saved in place of the file.",
            "a CSV, XLSX, XLS, ODS, JSON, NDJSON or Parquet table",
        ),
    ),
    Code.UNSUPPORTED_FORMAT: Wording(
        "Format non pris en charge : le fichier est {detected}.",
        "Exportez le tableau en CSV (dans un tableur : Enregistrer sous, CSV UTF-8) et envoyez ce fichier.",
        expected="un tableau CSV, XLSX, XLS, ODS, JSON, NDJSON ou Parquet",
        validata="format-error",
        english=English(
            "Unsupported format: the file is {detected}.",
            "Export the table as CSV (in a spreadsheet: Save as, CSV UTF-8) and send that file.",
            "a CSV, XLSX, XLS, ODS, JSON, NDJSON or Parquet table",
        ),
    ),
    Code.NUL_BYTES: Wording(
        "Le fichier contient un octet nul à la ligne {row} : ce n’est pas du texte, ou son encodage est mal déclaré.",
        "Exportez le fichier en UTF-8. S’il est en UTF-16, gardez sa marque d’ordre des octets (BOM) ou déclarez "
        "« charset=utf-16 ».",
        expected="du texte sans octet nul",
        english=English(
            "The file has a null byte at line {row}: it is not text, or its encoding is wrongly declared.",
            "Export the file as UTF-8. If it is UTF-16, keep its byte order mark (BOM) or declare “charset=utf-16”.",
            "text without null bytes",
        ),
    ),
    Code.BINARY_CONTENT: Wording(
        "Le fichier contient des caractères de commande à la ligne {row} : ce n’est pas un fichier texte.",
        "Exportez le tableau en CSV depuis le logiciel d’origine et envoyez ce fichier.",
        expected="un tableau CSV, XLSX, XLS, ODS, JSON, NDJSON ou Parquet",
        english=English(
            "The file has control characters at line {row}: it is not a text file.",
            "Export the table as CSV from the original software and send that file.",
            "a CSV, XLSX, XLS, ODS, JSON, NDJSON or Parquet table",
        ),
    ),
    Code.ENCODING_UNKNOWN: Wording(
        "L’encodage du fichier n’est pas reconnu : la ligne {row} n’est pas de l’UTF-8, et la lire en Windows-1252 "
        "donnerait un caractère invraisemblable en français ({character}).",
        "Exportez le fichier en UTF-8, ou déclarez son encodage : « Content-Type: text/csv; charset=… », ou "
        "« --charset … » en ligne de commande.",
        expected="de l’UTF-8, ou un encodage déclaré",
        validata="encoding-error",
        english=English(
            "The encoding of the file is not recognised: line {row} is not UTF-8, and reading it as Windows-1252 would "
            "give a character that is unlikely in French ({character}).",
            "Export the file as UTF-8, or declare its encoding: “Content-Type: text/csv; charset=…”, or "
            "“--charset …” on the command line.",
            "UTF-8, or a declared encoding",
        ),
    ),
    Code.ENCODING_INVALID: Wording(
        "Le fichier s’annonce en {encoding}, mais la ligne {row} n’est pas lisible dans cet encodage.",
        "Exportez de nouveau le fichier, d’une seule traite, en UTF-8 : il mélange sans doute deux encodages.",
        expected="du texte en {encoding}",
        validata="encoding-error",
        english=English(
            "The file says it is {encoding}, but line {row} cannot be read in that encoding.",
            "Export the file again, in one go, as UTF-8: it probably mixes two encodings.",
            "text in {encoding}",
        ),
    ),
    Code.CHARSET_UNKNOWN: Wording(
        "L’encodage déclaré « {value} » n’est pas accepté.",
        "Déclarez l’un de ces encodages : {accepted}.",
        expected="{accepted}",
        validata="encoding-error",
        english=English(
            "The declared encoding “{value}” is not accepted.",
            "Declare one of these encodings: {accepted}.",
            "{accepted}",
        ),
    ),
    Code.FILE_TOO_COMPLEX: Wording(
        "L’examen du fichier dépasse la limite de {limit}.",
        "Découpez le fichier (par année, par exemple) et vérifiez qu’aucun guillemet ouvert n’avale la suite du texte.",
        english=English(
            "Examining the file goes beyond the limit of {limit}.",
            "Split the file (by year, for instance) and check that no open quote swallows the rest of the text.",
        ),
    ),
}
