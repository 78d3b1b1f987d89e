"""What is written to référents and vendors: plain text, in French, with nothing to download."""

from dataclasses import dataclass
from textwrap import fill, indent

from services.ingest.habilitations.links import LINK_HOURS, MAX_TRIES, SentLink
from shared.models import Habilitation, HabilitationState, Organisation

SIGNATURE = "-- \nSocle, la plate-forme de données ouvertes.\nMessage automatique : n'y répondez pas."


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text."""

    subject: str
    body: str


def schemas_said(schemas: list[str] | None) -> str:
    """Which data, for a person."""
    return "toutes les données de la plate-forme" if schemas is None else ", ".join(schemas)


def request_letter(*, vendor: str, organisation: Organisation, habilitation: Habilitation, sent: SentLink) -> Letter:
    """A vendor asks; the référent answers by the link, with the code."""
    said = " ".join(habilitation.message.split())
    quoted = f"Son message :\n\n{indent(fill(said, 76), '> ')}\n\n" if said else ""
    return Letter(
        f"{vendor} demande à publier des données pour {organisation.name}",
        f"""Bonjour,

L'éditeur de logiciel « {vendor} » demande à publier des données ouvertes au nom de
{organisation.name} (SIREN {organisation.siren}).

Données concernées : {schemas_said(habilitation.schemas)}.

{quoted}Vous recevez ce message car vous êtes référent de cet organisme. Pour accepter ou
refuser, ouvrez cette page :

{sent.href}

et saisissez-y ce code : {_spaced(sent.code)}

Le lien et le code sont valables {LINK_HOURS} heures, pour une seule réponse et {MAX_TRIES} essais.
Ne les transmettez à personne, pas même à l'éditeur. Sans réponse de votre part, rien
n'est accordé ; un accord peut être retiré à tout moment.

{SIGNATURE}
""",
    )


def access_letter(*, organisation: Organisation, sent: SentLink) -> Letter:
    """A référent asked to see what the organisation has granted."""
    return Letter(
        f"Les habilitations de {organisation.name}",
        f"""Bonjour,

Vous avez demandé à voir les éditeurs habilités à publier pour {organisation.name}
(SIREN {organisation.siren}). Cette page les montre :

{sent.href}

Pour en retirer un, saisissez-y ce code : {_spaced(sent.code)}

Le lien et le code sont valables {LINK_HOURS} heures. Si vous n'avez rien demandé, ne faites
rien : sans le code, rien ne change.

{SIGNATURE}
""",
    )


OUTCOMES = {
    HabilitationState.GRANTED: ("accordée", "Les dépôts sont possibles dès maintenant."),
    HabilitationState.REFUSED: ("refusée", "Aucun dépôt n'est possible. Une nouvelle demande reste possible."),
    HabilitationState.REVOKED: (
        "retirée",
        "Les dépôts sont refusés dès maintenant, et ceux qui n'étaient pas publiés sont\n"
        "annulés. Ce qui était publié le reste.",
    ),
    HabilitationState.EXPIRED: ("arrivée à son terme", "Une nouvelle demande est possible."),
}


def outcome_letter(*, vendor: str, organisation: Organisation, habilitation: Habilitation) -> Letter:
    """What became of a habilitation: to the vendor, and to the référents."""
    outcome, consequence = OUTCOMES[HabilitationState(habilitation.state)]
    return Letter(
        f"Habilitation {outcome} : {vendor}, {organisation.name}",
        f"""Bonjour,

L'habilitation de « {vendor} » à publier pour {organisation.name}
(SIREN {organisation.siren}) est {outcome}.

Données concernées : {schemas_said(habilitation.schemas)}.

{consequence}

{SIGNATURE}
""",
    )


def _spaced(code: str) -> str:
    return f"{code[:3]} {code[3:]}"
