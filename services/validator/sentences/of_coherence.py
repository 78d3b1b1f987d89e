"""Words for what does not fit who deposits a file, and for personal data."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import English, Wording

Code = FindingCode

_HELD = "Le dépôt est retenu jusqu’à votre confirmation. Retirez ce numéro s’il est à une personne : le publier est "
_HELD_EN = "The deposit is held until you confirm it. Remove this number if it is a person’s: publishing it is "

COHERENCE_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.OTHER_ORGANISATION: Wording(
        "Le SIRET {value} ({rows} ligne(s)) n’est pas celui de l’organisme du dépôt, {owner} ({siren}).",
        "Vérifiez l’organisme du dépôt. Publier pour un autre organisme est possible : rien à faire si c’est voulu.",
        expected="un SIRET qui commence par {siren}",
        english=English(
            "The SIRET {value} ({rows} row(s)) is not that of the deposit’s organisation, {owner} ({siren}).",
            "Check the deposit’s organisation. Publishing for another one is possible: nothing to do if it is meant.",
            "a SIRET that begins with {siren}",
        ),
    ),
    Code.OTHER_TERRITORY: Wording(
        "« {value} » ({rows} ligne(s), colonne « {column} ») est hors du territoire de {owner}.",
        "Vérifiez ce code et l’organisme du dépôt. Rien à faire s’il s’agit bien d’un lieu voisin.",
        expected="un code du territoire de {owner}",
        english=English(
            "“{value}” ({rows} row(s), column “{column}”) is outside the territory of {owner}.",
            "Check this code and the deposit’s organisation. Nothing to do if it is a place nearby.",
            "a code of the territory of {owner}",
        ),
    ),
    Code.YEAR_OUT_OF_RANGE: Wording(
        "« {value} » est une date peu vraisemblable pour « {column} ».",
        "Vérifiez l’année : un chiffre oublié ou inversé, un siècle mal lu par un tableur.",
        expected="une année de {first} à {last}",
        english=English(
            "“{value}” is an unlikely date for “{column}”.",
            "Check the year: a digit left out or swapped, a century misread by a spreadsheet.",
            "a year from {first} to {last}",
        ),
    ),
    Code.AMOUNT_NOT_POSITIVE: Wording(
        "Le montant « {value} » est nul ou négatif.",
        "Vérifiez le montant ; une aide retirée ou en nature mérite une explication dans l’objet.",
        expected="un montant supérieur à 0",
        english=English(
            "The amount “{value}” is zero or negative.",
            "Check the amount; aid withdrawn or in kind deserves an explanation in the subject.",
            "an amount greater than 0",
        ),
    ),
    Code.PERSONAL_NIR: Wording(
        "« {column} » contient un numéro de sécurité sociale ({value}, masqué) : sa clé de contrôle est juste.",
        _HELD + "interdit. Sinon confirmez : un nombre de 15 chiffres pris au hasard sur 160 passe aussi ce contrôle.",
        expected="aucune donnée personnelle",
        english=English(
            "“{column}” holds a social security number ({value}, masked): its control key is right.",
            _HELD_EN + "forbidden. Else confirm: one random number of 15 digits in 160 passes this check too.",
            "no personal data",
        ),
    ),
    Code.PERSONAL_IBAN: Wording(
        "« {column} » contient un numéro de compte bancaire ({value}, masqué) : sa clé de contrôle est juste.",
        _HELD + "risqué. Sinon confirmez.",
        expected="aucune donnée personnelle",
        english=English(
            "“{column}” holds a bank account number ({value}, masked): its control key is right.",
            _HELD_EN + "risky. Else confirm.",
            "no personal data",
        ),
    ),
    Code.PERSONAL_EMAIL: Wording(
        "« {column} » contient une adresse électronique ({value}, masquée).",
        "Retirez-la si elle est à une personne ; une adresse de service a sa place dans une colonne de contact.",
        expected="aucune donnée personnelle",
        english=English(
            "“{column}” holds an e-mail address ({value}, masked).",
            "Remove it if it is a person’s; the address of a service belongs in a contact column.",
            "no personal data",
        ),
    ),
    Code.PERSONAL_PHONE: Wording(
        "« {column} » contient un numéro de téléphone ({value}, masqué).",
        "Retirez-le s’il est à une personne ; rien à faire si c’est un autre nombre, ou le numéro d’un service.",
        expected="aucune donnée personnelle",
        english=English(
            "“{column}” holds a telephone number ({value}, masked).",
            "Remove it if it is a person’s; nothing to do if it is another number, or that of a service.",
            "no personal data",
        ),
    ),
    Code.PERSONAL_NAME: Wording(
        "« {column} » ressemble au nom d’une personne physique ({value}, masqué), sans SIRET ni numéro RNA.",
        "Si c’est une personne, remplacez son nom par « Particulier ». Si c’est une association ou une entreprise qui "
        "porte un nom de personne, donnez son numéro : ce constat, fondé sur la forme du nom, peut se tromper.",
        expected="un organisme, avec son SIRET ou son numéro RNA",
        english=English(
            "“{column}” looks like the name of a natural person ({value}, masked), without SIRET or RNA number.",
            "If it is a person, write “Particulier” instead. If it is an association or a company named after a "
            "person, give its number: this finding, built on the form of the name, may be wrong.",
            "an organisation, with its SIRET or RNA number",
        ),
    ),
}
