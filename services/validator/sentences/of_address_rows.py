"""Words for rows of addresses: what the cells of one line say together."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import REPLACE, English, Wording

Code = FindingCode

ADDRESS_ROW_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.BAL_NUMBER_MISMATCH: Wording(
        "Le numéro {value} n’est pas celui de la clé d’interopérabilité « {key} ».",
        "Corrigez le numéro ou la clé.",
        expected="le même numéro dans « numero » et dans « cle_interop »",
        english=English(
            "The number {value} is not that of the interoperability key “{key}”.",
            "Mend the number or the key.",
            "the same number in “numero” and in “cle_interop”",
        ),
    ),
    Code.BAL_NO_COMMUNE: Wording(
        "La ligne ne dit pas de quelle commune est l’adresse.",
        "Écrivez le code INSEE de la commune dans « commune_insee ».",
        expected="un code INSEE de commune",
        english=English(
            "The line does not say which commune the address belongs to.",
            "Write the INSEE code of the commune into “commune_insee”.",
            "an INSEE code of a commune",
        ),
    ),
    Code.BAL_COMMUNE_NAME: Wording(
        "« {value} » n’est pas le nom officiel de la commune {code}.",
        "Écrivez le nom du code officiel géographique.",
        mend_with=REPLACE,
        english=English(
            "“{value}” is not the official name of the commune {code}.",
            "Write the name of the official geographic code.",
        ),
    ),
    Code.BAL_SAME_NAMES: Wording(
        "Le nom de la voie et le complément de lieu-dit sont les mêmes.",
        "Videz « lieudit_complement_nom », ou corrigez l’un des deux noms.",
        english=English(
            "The name of the street and the complement are the same.",
            "Empty “lieudit_complement_nom”, or mend one of the two names.",
        ),
    ),
    Code.BAL_NO_POSITION: Wording(
        "L’adresse n’a pas de type de position.",
        "Écrivez par exemple « entrée » ou « segment ».",
        expected="un type de position",
        english=English(
            "The address has no kind of position.",
            "Write the place that the coordinates show: the entrance, the building, the plot.",
            "a kind of position",
        ),
    ),
    Code.BAL_NO_COORDINATES: Wording(
        "L’adresse n’a pas de coordonnées.",
        "Remplissez « long » et « lat » ; seul un lieu-dit (numéro 99999) peut s’en passer.",
        expected="une longitude et une latitude",
        english=English(
            "The address has no coordinates.",
            "Fill in “long” and “lat”; only a place without numbers (99999) can do without.",
            "a longitude and a latitude",
        ),
    ),
    Code.BAL_COORDINATES: Wording(
        "Les coordonnées ({value}) ne sont pas en France.",
        "Vérifiez « long » et « lat » : des degrés décimaux, la longitude d’abord, sans les intervertir.",
        expected="un point d’un territoire français",
        english=English(
            "The coordinates ({value}) are not in France.",
            "Check “long” and “lat”: decimal degrees, longitude first, not swapped.",
            "a point of a French territory",
        ),
    ),
    Code.BAL_COORDINATES_APART: Wording(
        "Les coordonnées x, y sont à {distance} m du point que disent long, lat ({value}).",
        "Recalculez x et y (projection légale du territoire), ou corrigez long et lat.",
        expected="x = {x}, y = {y}, à 10 m près",
        english=English(
            "The coordinates x, y are {distance} m from the point that long, lat say ({value}).",
            "Compute x and y again (legal projection of the territory), or mend long and lat.",
            "x = {x}, y = {y}, within 10 m",
        ),
    ),
    Code.BAL_INCOMPLETE: Wording(
        "L’adresse n’a pas à la fois un numéro et un nom de voie lisibles.",
        "Remplissez les deux ; un lieu-dit sans numéro porte le numéro 99999.",
        expected="un numéro et un nom de voie",
        english=English(
            "The address does not have both a number and a street name that can be read.",
            "Fill in both; a place without numbers has the number 99999.",
            "a number and a street name",
        ),
    ),
    Code.BAL_FORMER_COMMUNE_ELSEWHERE: Wording(
        "La commune déléguée {value} n’appartient pas à la commune {code}.",
        "Corrigez l’un des deux codes.",
        english=English(
            "The former commune {value} does not belong to the commune {code}.", "Mend one of the two codes."
        ),
    ),
    Code.BAL_PARTIAL_IDS: Wording(
        "La ligne a des identifiants de la base adresse nationale, mais pas tous.",
        "Remplissez les trois identifiants (deux pour un lieu-dit de numéro 99999), ou videz-les tous.",
        expected="tous les identifiants, ou aucun",
        english=English(
            "The line has some identifiers of the national address base, but not all.",
            "Fill in all three (two for a place with the number 99999), or empty them all.",
            "all identifiers, or none",
        ),
    ),
}
