"""Writes the tables of `docs/` that say what the code says: `python docs/generate.py`. A test compares them.

French words that the code does not carry (states, failpoints, variables of one machine) are here or, for settings,
in `deploy/env.example`; a word that is missing or no longer used is an error.
"""

import inspect
import pkgutil
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

import services
import shared
from services.validator.checks.bal_levels import described
from services.validator.findings import FindingCode
from services.validator.sentences import WORDINGS
from services.validator.sentences.of_corrections import CORRECTION_WORDINGS
from shared.deposits import ENDS, NEXT
from shared.failpoints import FAILPOINTS
from shared.models import DepositState
from shared.models.deposit import WAITING_STATES
from shared.settings import SharedSettings
from shared.web.problem_pages import every_refusal, explained

DOCS = Path(__file__).resolve().parent
ENV_EXAMPLE = DOCS.parent / "deploy" / "env.example"

T = TypeVar("T")

NOTICE = "<!-- Écrit par `python docs/generate.py` : ne pas modifier à la main. -->\n"

STATES = {
    DepositState.RECEIVED: ("reçu", "Le fichier est conservé ; il attend d'être vérifié."),
    DepositState.VALIDATING: ("en cours de vérification", "Le validateur lit le fichier."),
    DepositState.VALIDATED: ("vérifié", "Le fichier est valide ; il attend son tour de publication."),
    DepositState.PUBLISHING: ("en cours de publication", "Le catalogue calcule ce qui change."),
    DepositState.HELD: ("retenu", "Un garde-fou attend une [confirmation](retenus.md), avant une date limite."),
    DepositState.PUBLISHED: ("publié", "Une nouvelle version du jeu de données contient ces lignes."),
    DepositState.UNCHANGED: ("sans changement", "Le contenu publié était déjà celui-là : pas de nouvelle version."),
    DepositState.REJECTED: ("refusé", "Les données sont en cause : le rapport dit où et comment corriger."),
    DepositState.SUPERSEDED: ("remplacé", "Un dépôt plus récent des mêmes périodes a pris sa place."),
    DepositState.OUTDATED: ("dépassé", "Le jeu de données n'est plus à la version dont le dépôt partait."),
    DepositState.CHECKED: ("vérifié à blanc", "Fin d'un essai (`dry_run`) : le rapport dit tout, rien n'est publié."),
    DepositState.FAILED: ("en échec", "Socle est en cause : l'équipe est alertée, rien de publié n'a changé."),
    DepositState.CANCELLED: ("annulé", "Le dépôt a été abandonné ; rien de publié n'a changé."),
}

FAILPOINT_PLACES = {
    "ingest.raw_written": "les octets sont durables, rien n'est enregistré",
    "ingest.before_commit": "le dépôt est écrit, la transaction pas encore validée",
    "ingest.after_commit": "le dépôt est enregistré, personne n'est prévenu",
    "ingest.after_ring": "la file est prévenue, la réponse 202 pas encore partie",
    "validate.claimed": "le validateur tient le dépôt, n'a rien lu",
    "validate.checked": "le verdict est connu, rien n'est écrit",
    "validate.saved": "rapport et table canonique sont durables, le verdict n'est pas enregistré",
    "validate.committed": "le verdict est enregistré, le catalogue n'est pas prévenu",
    "publish.claimed": "le catalogue tient le dépôt, n'a rien chargé",
    "publish.loaded": "la table canonique est chargée à part",
    "publish.snapshot_written": "le fichier de la version est durable, rien n'est publié",
    "publish.before_flip": "juste avant de fermer et d'insérer les lignes",
    "publish.after_flip": "lignes et pointeur écrits, l'événement pas encore, dans la même transaction",
    "publish.committed": "la version est publiée, le suivant n'est pas prévenu",
}

MACHINE_VARIABLES = {
    "SOCLE_PORT": ("8000", "Port de `socle start`."),
    "SOCLE_HOST": ("127.0.0.1", "Adresse d'écoute de `socle start` : cette machine seulement, sauf avis contraire."),
    "SOCLE_DATA_DIR": (".socle", "Dossier des données de `socle start` et `make start`."),
    "SOCLE_DEMO": ("1", "`0` : pas de démonstration au premier démarrage."),
    "SOCLE_BASE_URL": ("", "Adresse du Socle où `socle push` dépose ; sans elle, celui de cette machine."),
    "SOCLE_API_KEY": ("", "Clé d'API de `socle push` ; sans elle, celle du bac à sable."),
    "SOCLE_FAIL_AT": ("", "Provoque une panne à un point nommé ([liste](failpoints.md)) ; pour les essais seulement."),
}
"""Read from the environment outside the settings classes."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable of a settings class."""

    name: str
    reader: str
    """`ingest`, `validator`, `catalog`, or `tous` for a shared one."""
    required: bool
    default: str
    bounds: str


def import_all() -> list[str]:
    """Import every module of the project but the entry points and the migrations; their names, sorted."""
    names = []
    for package in (services, shared):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith("shared.migrations.") and not found.name.endswith("__main__"):
                import_module(found.name)
                names.append(found.name)
    return sorted(names)


def every_subclass(parent: type[T]) -> list[type[T]]:
    """Classes of the project below `parent`, at any depth, by module and name."""
    found = {parent}
    while more := {child for one in found for child in one.__subclasses__()} - found:
        found |= more
    ours = [one for one in found - {parent} if one.__module__.split(".")[0] in ("services", "shared")]
    return sorted(ours, key=lambda one: (one.__module__, one.__qualname__))


def settings_classes() -> dict[str, type[SharedSettings]]:
    """Service → its settings class."""
    import_all()
    return {one.__module__.split(".")[1]: one for one in every_subclass(SharedSettings)}


def variable_name(name: str, field: FieldInfo, prefix: str) -> str:
    """What the environment calls a field."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        alias = alias.choices[0]
    return alias if isinstance(alias, str) else f"{prefix}{name}".upper()


def every_variable() -> dict[str, Variable]:
    """Variables of all settings classes, in the order of declaration, shared ones first."""
    found: dict[str, Variable] = {}
    for reader, settings in {"tous": SharedSettings, **settings_classes()}.items():
        prefix = settings.model_config.get("env_prefix", "")
        for name, field in settings.model_fields.items():
            variable = variable_name(name, field, prefix)
            if variable not in found:
                bounds = _bounds(field.metadata)
                found[variable] = Variable(variable, reader, field.is_required(), _default(field), bounds)
    return found


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None:
        return ""
    if isinstance(value, tuple | list | set | frozenset):
        return ",".join(str(one) for one in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


LIMITS = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))


def _bounds(metadata: Iterable[object]) -> str:
    found = [(sign, getattr(one, name)) for one in metadata for name, sign in LIMITS if hasattr(one, name)]
    return " et ".join(f"{sign} {limit}" for sign, limit in found)


ENTRY = re.compile(r"^(#?)([A-Z][A-Z0-9_]*)=(.*)$")


def env_example(path: Path = ENV_EXAMPLE) -> dict[str, tuple[str, str, bool]]:
    """Variable → (value, French words above it, active). `#NAME=value` shows a default that needs no line."""
    entries: dict[str, tuple[str, str, bool]] = {}
    words: list[str] = []
    for line in path.read_text().splitlines():
        if entry := ENTRY.match(line):
            entries[entry[2]] = (entry[3], " ".join(words), not entry[1])
            words = []
        elif line.startswith("# "):
            words.append(line[2:].strip())
        else:
            words = []
    return entries


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def codes_page() -> str:
    """Refusals."""
    said = [explained(one, "fr") for one in every_refusal()]
    rows = [(f"`{one.code}`", str(one.status), one.title, one.when, one.do) for one in said]
    return (
        "# Codes de refus\n\nToute réponse qui n'est pas un succès est un document `application/problem+json` "
        "(RFC 9457) : `code` est stable et fait pour les programmes, `detail` dit ce qui ne va pas dans cette "
        "requête, `action` ce qu'il faut faire, `request_id` est à citer dans toute demande d'aide. "
        "`type` mène à une page de l'installation, en français et en anglais (`/problems`). "
        "Dans un 422, `errors` désigne chaque faute : `pointer` dans un corps JSON, sinon `in` et `name`.\n\n"
        + table(("Code", "Statut", "Intitulé", "Dans quel cas", "Que faire"), rows)
    )


def findings_page() -> str:
    """Findings and corrections of reports, in both languages."""
    codes = [(f"`{code}`", WORDINGS[code]) for code in FindingCode]
    french = [(code, _template(one.message), _template(one.mend), one.validata or "—") for code, one in codes]
    english = [(code, *(_template(text or "—") for text in (one.english or ())[:3])) for code, one in codes]
    corrections = [
        (f"`{code}`", _template(one.message), _template(one.english)) for code, one in CORRECTION_WORDINGS.items()
    ]
    return (
        "# Constats et corrections\n\nUn rapport nomme chaque constat par un code stable ; les mots entre chevrons "
        "sont remplacés par ceux du fichier. Seule la gravité `error` rend un fichier invalide. La dernière colonne "
        "est le type d'erreur de Validata pour la même faute. La forme du rapport est décrite [à part](rapport.md).\n\n"
        "## Constats\n\n"
        + table(("Code", "Message", "Comment corriger", "Validata"), french)
        + "\n## Corrections\n\nCe que Socle a normalisé, toujours listé dans le rapport, jamais en silence.\n\n"
        + table(("Code", "Message", "In English"), corrections)
        + "\n## Adresses\n\nLe nom que leur donne le validateur national (`*` : la colonne), et leur gravité.\n\n"
        + table(("Code", "Nom national", "Erreur", "Avertissement"), described())
        + "\n## Findings, in English\n\n"
        + table(("Code", "Message", "How to mend", "Expected"), english)
    )


def _template(text: str) -> str:
    return re.sub(r"\{(\w+)\}", r"‹\1›", text).replace("\N{NO-BREAK SPACE}", " ")


def settings_page() -> str:
    """Environment variables."""
    words = env_example()
    rows = [
        (
            f"`{one.name}`",
            one.reader,
            "**obligatoire**" if one.required else f"`{one.default}`" if one.default else "aucun",
            one.bounds,
            words[one.name][1],
        )
        for one in every_variable().values()
    ]
    machine = [
        (f"`{name}`", f"`{value}`" if value else "aucun", text) for name, (value, text) in MACHINE_VARIABLES.items()
    ]
    return (
        "# Réglages\n\nDes variables d'environnement, lues une fois au démarrage de chaque processus ; une valeur "
        "absente ou illisible l'arrête en nommant la variable. Le modèle à copier est "
        "[deploy/env.example](../deploy/env.example).\n\n"
        + table(("Variable", "Lue par", "Défaut", "Bornes", "Ce qu'elle règle"), rows)
        + "\n## Sur une seule machine\n\n`socle start` fournit lui-même les adresses et les secrets.\n\n"
        + table(("Variable", "Défaut", "Ce qu'elle règle"), machine)
    )


def states_page() -> str:
    """States of a deposit."""
    rows = []
    for state in DepositState:
        nature = "fin" if state in ENDS else "attente" if state in WAITING_STATES else "retenue"
        following = ", ".join(f"`{one}`" for one in DepositState if one in NEXT.get(state, ()))
        rows.append((f"`{state}`", STATES[state][0], nature, STATES[state][1], following or "—"))
    return (
        "# États d'un dépôt\n\nTout dépôt accepté (réponse 202) finit, quoi qu'il arrive, dans un état de fin.\n\n"
        + table(("État", "En français", "Nature", "Ce qu'il veut dire", "Ensuite"), rows)
        + "\nUn dépôt confirmé après `held`, ou repris après `failed`, fait un nouveau tour, à son rang d'arrivée.\n"
    )


def failpoints_page() -> str:
    """Failpoints."""
    rows = [(f"`{name}`", FAILPOINT_PLACES[name]) for name in FAILPOINTS]
    return (
        "# Points de panne\n\n`SOCLE_FAIL_AT=<nom>:<n>:<exit|raise|stall>` provoque une panne au n-ième passage par un "
        "point, dans chaque processus qui porte la variable : `exit` le quitte comme un kill -9, `raise` lève une "
        "exception, `stall` le fige plus longtemps qu'un bail. Réservé aux essais.\n\n"
        + table(("Nom", "Où en est le dépôt à ce moment"), rows)
    )


PAGES = {
    "codes.md": codes_page,
    "constats.md": findings_page,
    "etats.md": states_page,
    "failpoints.md": failpoints_page,
    "settings.md": settings_page,
}


def page(name: str) -> str:
    """The text that `docs/<name>` must have."""
    import_all()
    return NOTICE + "\n" + inspect.cleandoc(PAGES[name]()) + "\n"


if __name__ == "__main__":
    for name in PAGES:
        (DOCS / name).write_text(page(name))
