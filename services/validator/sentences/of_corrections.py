"""Words for corrections, in both languages."""

from collections.abc import Mapping

from services.validator.findings import CorrectionCode
from services.validator.sentences.wording import CorrectionWording

Code = CorrectionCode

CORRECTION_WORDINGS: Mapping[CorrectionCode, CorrectionWording] = {
    Code.LINES_ABOVE_HEADER: CorrectionWording(
        "Les lignes au-dessus de l’en-tête ne sont pas lues : « {before} ».",
        "The lines above the header are not read: “{before}”.",
    ),
    Code.TRAILING_COLUMNS_DROPPED: CorrectionWording(
        "Colonnes sans nom ni valeur au bout des lignes, qui ne sont pas lues : {before}.",
        "Columns without name or value at the end of the lines, which are not read: {before}.",
    ),
    Code.REPEATED_HEADER: CorrectionWording(
        "L’en-tête est répété parmi les données : cette ligne n’est pas lue.",
        "The header is repeated among the data: this line is not read.",
    ),
    Code.SPREADSHEET_CELL: CorrectionWording(
        "La cellule « {before} » du tableur est lue « {after} ».",
        "The spreadsheet cell “{before}” is read as “{after}”.",
    ),
    Code.TYPED_CELL: CorrectionWording(
        "La valeur « {before} » est lue « {after} ».",
        "The value “{before}” is read as “{after}”.",
    ),
    Code.CONCESSION_DATE: CorrectionWording(
        "Une concession n’a pas de date de notification : sa date de signature, « {before} », en tient lieu.",
        "A concession has no date of notification: its date of signature, “{before}”, stands for it.",
    ),
    Code.HEADER_NAME: CorrectionWording(
        "La colonne « {before} » est lue comme « {after} ».",
        "The column “{before}” is read as “{after}”.",
    ),
    Code.HEADER_SYNONYM: CorrectionWording(
        "La colonne « {before} » est lue comme « {after} ». À la source : exportez-la sous le nom du schéma.",
        "The column “{before}” is read as “{after}”. At the source: export it under the name of the schema.",
    ),
    Code.HEADER_TYPO: CorrectionWording(
        "La colonne « {before} » est lue comme « {after} », à une lettre près. À la source : corrigez son nom.",
        "The column “{before}” is read as “{after}”, one letter apart. At the source: mend its name.",
    ),
    Code.TRIMMED_SPACES: CorrectionWording(
        "Les espaces autour de « {before} » sont retirés. À la source : supprimez-les à la saisie ou à l’export.",
        "The spaces around “{before}” are removed. At the source: remove them on entry or on export.",
    ),
    Code.DATE_TO_ISO: CorrectionWording(
        "La date « {before} » est lue « {after} » (année-mois-jour). À la source : réglez l’export des dates sur "
        "AAAA-MM-JJ.",
        "The date “{before}” is read as “{after}” (year-month-day). At the source: have dates exported as YYYY-MM-DD.",
    ),
    Code.EXCEL_DATE: CorrectionWording(
        "« {before} » est le numéro d’un jour dans un tableur : il est lu « {after} ». À la source : donnez à la "
        "colonne le format de date AAAA-MM-JJ avant d’exporter.",
        "“{before}” is the number of a day in a spreadsheet: it is read as “{after}”. At the source: give the column "
        "the date format YYYY-MM-DD before exporting.",
    ),
    Code.PERIOD_TEXT: CorrectionWording(
        "La période « {before} » est écrite « {after} ». À la source : séparez les deux dates AAAA-MM-JJ par « / ».",
        "The period “{before}” is written “{after}”. At the source: put “/” between the two dates YYYY-MM-DD.",
    ),
    Code.NUMBER_PLAIN: CorrectionWording(
        "Le nombre « {before} » est lu « {after} ». À la source : exportez les nombres avec un point décimal, sans "
        "espace ni symbole.",
        "The number “{before}” is read as “{after}”. At the source: export numbers with a decimal point, without "
        "spaces or symbol.",
    ),
    Code.IDENTIFIER_TEXT: CorrectionWording(
        "L’identifiant « {before} » est écrit « {after} », sans changer un chiffre. À la source : donnez à la colonne "
        "le format texte et n’y séparez pas les chiffres.",
        "The identifier “{before}” is written “{after}”, no digit changed. At the source: give the column the text "
        "format and do not separate the digits.",
    ),
    Code.BOOLEAN_TEXT: CorrectionWording(
        "« {before} » est lu « {after} ». À la source : écrivez l’une des valeurs du schéma.",
        "“{before}” is read as “{after}”. At the source: write one of the values of the schema.",
    ),
    Code.LISTED_VALUE: CorrectionWording(
        "« {before} » est lu « {after} », la valeur de la liste. À la source : choisissez-la dans la liste du schéma.",
        "“{before}” is read as “{after}”, the value of the list. At the source: choose it from the list of the schema.",
    ),
    Code.EMAIL_TEXT: CorrectionWording(
        "L’adresse « {before} » est écrite « {after} ». À la source : n’exportez que l’adresse, sans « mailto: ».",
        "The address “{before}” is written “{after}”. At the source: export the address alone, without “mailto:”.",
    ),
    Code.INTEGER_TEXT: CorrectionWording(
        "L’entier « {before} » est écrit « {after} ».",
        "The whole number “{before}” is written “{after}”.",
    ),
    Code.NUMBER_TEXT: CorrectionWording(
        "Le nombre « {before} » est écrit « {after} ».",
        "The number “{before}” is written “{after}”.",
    ),
    Code.DATE_TEXT: CorrectionWording(
        "La date « {before} » est écrite « {after} ».",
        "The date “{before}” is written “{after}”.",
    ),
    Code.UNREADABLE_LEFT_OUT: CorrectionWording(
        "La valeur « {before} » n’est pas lisible : la cellule est publiée vide.",
        "The value “{before}” cannot be read: the cell is published empty.",
    ),
}
