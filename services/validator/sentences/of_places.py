"""Words for telephone numbers, opening hours, positions and territories."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import REPLACE, English, Wording

Code = FindingCode

PLACE_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.PHONE_NUMBER: Wording(
        "« {value} » n’est pas un numéro de téléphone valide.",
        "Écrivez les dix chiffres, ou le numéro avec l’indicatif de son pays : « +33561334433 ».",
        expected="un numéro français, ou international avec son indicatif",
        validata="phone-number-value",
        english=English(
            "“{value}” is not a valid telephone number.",
            "Write the ten digits, or the number with the prefix of its country: “+33561334433”.",
            "a French number, or an international one with its prefix",
        ),
    ),
    Code.OPENING_HOURS: Wording(
        "« {value} » ne suit pas l’écriture des horaires d’OpenStreetMap.",
        "Écrivez les jours en abrégé anglais et les heures sur 24 heures : « Mo-Fr 08:30-12:00,14:00-17:30 ».",
        expected="des horaires comme « Mo-Fr 08:00-12:00,14:00-18:00 », ou « 24/7 »",
        mend_with=REPLACE,
        validata="opening-hours-value",
        english=English(
            "“{value}” is not written as OpenStreetMap opening hours.",
            "Write English abbreviations of days and hours of 24: “Mo-Fr 08:30-12:00,14:00-17:30”.",
            "hours such as “Mo-Fr 08:00-12:00,14:00-18:00”, or “24/7”",
        ),
    ),
    Code.POSITION_OUTSIDE_FRANCE: Wording(
        "La position « {value} » est hors de France.",
        "Donnez la longitude puis la latitude (WGS 84, en degrés décimaux).",
        expected="une position en France métropolitaine ou dans un département d’outre-mer",
        validata="french-gps-coordinates",
        english=English(
            "The position “{value}” is outside France.",
            "Give the longitude, then the latitude (WGS 84, decimal degrees).",
            "a position in mainland France or in an overseas department",
        ),
    ),
    Code.POSITION_INVERTED: Wording(
        "La position « {value} » est hors de France, et en France si l’on échange ses deux nombres.",
        "Écrivez la longitude d’abord, la latitude ensuite.",
        expected="la longitude, puis la latitude",
        mend_with=REPLACE,
        validata="reversed-french-gps-coordinates",
        english=English(
            "The position “{value}” is outside France, and in France with its two numbers exchanged.",
            "Write the longitude first, then the latitude.",
            "the longitude, then the latitude",
        ),
    ),
    Code.UNKNOWN_PLACE: Wording(
        "« {value} » n’est pas {form}.",
        "Cherchez la bonne valeur sur insee.fr ou geo.api.gouv.fr.",
        expected="{form}",
        mend_with=REPLACE,
        validata="custom-check-error",
        english=English(
            "“{value}” is not {form}.",
            "Look for the right value on insee.fr or geo.api.gouv.fr.",
            "{form}",
        ),
    ),
}
