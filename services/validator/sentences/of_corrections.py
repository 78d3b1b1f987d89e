"""Words for corrections, in both languages."""

from collections.abc import Mapping

from services.validator.findings import CorrectionCode
from services.validator.sentences.wording import CorrectionWording

Code = CorrectionCode

CORRECTION_WORDINGS: Mapping[CorrectionCode, CorrectionWording] = {
    Code.HEADER_NAME: CorrectionWording(
        "La colonne « {before} » est lue comme « {after} ».",
        "The column “{before}” is read as “{after}”.",
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
