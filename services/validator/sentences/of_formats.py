"""Words for faults of archives, workbooks, JSON and Parquet files, and of what a table went through before."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import English, Wording

Code = FindingCode

FORMAT_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.MOJIBAKE: Wording(
        "La colonne « {column} » contient des caractères mal transcodés (« {value} ») : de l’UTF-8 lu un jour comme du "
        "Windows-1252, puis enregistré ainsi.",
        "Reprenez l’export à la source en UTF-8 : nous ne réparons pas ce texte à votre place.",
        expected="des lettres accentuées intactes",
        english=English(
            "The column “{column}” holds garbled characters (“{value}”): UTF-8 once read as Windows-1252, then saved "
            "that way.",
            "Export again from the source in UTF-8: this text is not repaired for you.",
            "accented letters intact",
        ),
    ),
    Code.ARCHIVE_UNREADABLE: Wording(
        "Le fichier compressé est abîmé ou incomplet ({form}) : il ne peut pas être ouvert.",
        "Compressez de nouveau le fichier et renvoyez-le en entier.",
        expected="un fichier compressé entier",
        validata="source-error",
        english=English(
            "The compressed file is damaged or incomplete ({form}): it cannot be opened.",
            "Compress the file again and send it whole.",
            "a whole compressed file",
        ),
    ),
    Code.ARCHIVE_UNSAFE: Wording(
        "L’archive ou le classeur n’est pas ouvert, par prudence : {why}.",
        "Enregistrez le tableau de nouveau depuis votre tableur, sans mot de passe, ou envoyez-le en CSV.",
        english=English(
            "The archive or workbook is not opened, for safety: {why}.",
            "Save the table again from your spreadsheet, without password, or send it as CSV.",
        ),
    ),
    Code.ARCHIVE_TABLES: Wording(
        "L’archive contient {held} : il en faut exactement un.",
        "Envoyez une archive par tableau, ou le tableau lui-même.",
        expected="un seul tableau (CSV, XLSX, XLS, ODS, JSON, NDJSON ou Parquet)",
        english=English(
            "The archive holds {held}: it must hold exactly one.",
            "Send one archive per table, or the table itself.",
            "one table only (CSV, XLSX, XLS, ODS, JSON, NDJSON or Parquet)",
        ),
    ),
    Code.EXPANSION_LIMIT: Wording(
        "Décompressé, le fichier dépasse la limite de {limit}.",
        "Découpez le tableau (par année, par exemple) et envoyez chaque partie.",
        expected="{limit} au plus une fois décompressé",
        english=English(
            "Decompressed, the file exceeds the limit of {limit}.",
            "Split the table (by year, for example) and send each part.",
            "at most {limit} once decompressed",
        ),
    ),
    Code.WORKBOOK_UNREADABLE: Wording(
        "Le classeur ({form}) est abîmé : il ne peut pas être lu.",
        "Ouvrez-le dans un tableur, enregistrez-le de nouveau, ou exportez-le en CSV UTF-8.",
        expected="un classeur que les tableurs ouvrent",
        validata="source-error",
        english=English(
            "The workbook ({form}) is damaged: it cannot be read.",
            "Open it in a spreadsheet and save it again, or export it as UTF-8 CSV.",
            "a workbook that spreadsheets open",
        ),
    ),
    Code.WORKBOOK_TOO_LARGE: Wording(
        "Le classeur est trop grand pour être lu : {why}.",
        "Supprimez les lignes et colonnes vides mais mises en forme, ou exportez la feuille en CSV UTF-8.",
        english=English(
            "The workbook is too large to be read: {why}.",
            "Delete rows and columns that are empty but formatted, or export the sheet as UTF-8 CSV.",
        ),
    ),
    Code.SPREADSHEET_ERROR: Wording(
        "La cellule de la colonne « {column} » contient l’erreur de tableur « {value} ».",
        "Corrigez la formule dans le tableur, ou videz la cellule.",
        expected="une valeur, non une erreur de formule",
        english=English(
            "The cell of column “{column}” holds the spreadsheet error “{value}”.",
            "Mend the formula in the spreadsheet, or empty the cell.",
            "a value, not a formula error",
        ),
    ),
    Code.JSON_INVALID: Wording(
        "Le document JSON n’est pas lisible : {why}.",
        "Exportez-le de nouveau ; un export interrompu laisse un document sans fin.",
        expected="un document JSON (RFC 8259) entier",
        validata="source-error",
        english=English(
            "The JSON document cannot be read: {why}.",
            "Export it again; an interrupted export leaves a document without end.",
            "a whole JSON document (RFC 8259)",
        ),
    ),
    Code.JSON_SHAPE: Wording(
        "Le document JSON n’est pas un tableau : {why}.",
        "Envoyez une liste d’objets, un objet par ligne du tableau, ou un objet JSON par ligne (NDJSON).",
        expected="une liste d’objets",
        english=English(
            "The JSON document is not a table: {why}.",
            "Send a list of objects, one object per row of the table, or one JSON object per line (NDJSON).",
            "a list of objects",
        ),
    ),
    Code.DECP_OLD_FORM: Wording(
        "Les données de la commande publique suivent l’ancienne forme de 2019 (« marches » est une liste).",
        "Exportez-les au format DECP 2022 : un objet « marches » qui contient « marche » et « contrat-concession ».",
        expected="le format DECP 2.0",
        english=English(
            "The public procurement data follow the old form of 2019 (“marches” is a list).",
            "Export them in the DECP 2022 format: an object “marches” that holds “marche” and “contrat-concession”.",
            "the DECP 2.0 format",
        ),
    ),
    Code.PARQUET_UNREADABLE: Wording(
        "Le fichier Parquet est abîmé, ou d’une forme que nous ne lisons pas : {why}.",
        "Écrivez-le de nouveau, sans colonne d’octets, ou envoyez-le en CSV UTF-8.",
        expected="un fichier Parquet de textes, nombres, dates, booléens ou listes",
        english=English(
            "The Parquet file is damaged, or of a form that is not read here: {why}.",
            "Write it again, without a column of bytes, or send it as UTF-8 CSV.",
            "a Parquet file of texts, numbers, dates, booleans or lists",
        ),
    ),
}
