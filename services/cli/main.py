"""The command `socle`. Each command loads what it needs when it is called: `socle --help` must be instant."""

import asyncio
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli import admin, refusing
from services.cli.schemas.app import app as schemas_app

app = typer.Typer(
    name="socle",
    help="Socle : recevoir, valider, publier et servir les données ouvertes des collectivités.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(admin.app, name="admin")
app.add_typer(schemas_app, name="schemas")


class ServiceName(StrEnum):
    """A service with a worker."""

    INGEST = "ingest"
    VALIDATOR = "validator"
    CATALOG = "catalog"


class WebName(StrEnum):
    """What a web process may serve."""

    INGEST = "ingest"
    VALIDATOR = "validator"
    CATALOG = "catalog"
    ALL = "all"


class CheckFormat(StrEnum):
    """How `socle check` shows its report."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    CSV = "csv"
    XLSX = "xlsx"
    VALIDATA = "validata"


class Corrections(StrEnum):
    """What may be read otherwise than it is written."""

    ALL = "all"
    NONE = "none"


class Mode(StrEnum):
    """What a deposit does with the rows that are published."""

    REPLACE = "replace"
    UPSERT = "upsert"
    DELETE = "delete"


class Lang(StrEnum):
    """The language of a report."""

    FR = "fr"
    EN = "en"


FilePath = Annotated[
    Path, typer.Argument(metavar="FICHIER", exists=True, dir_okay=False, readable=True, help="Le fichier.")
]
Schema = Annotated[str, typer.Option(metavar="NOM", help="Schéma, par exemple scdl/deliberations ou deliberations.")]
SchemaVersion = Annotated[str | None, typer.Option(metavar="VERSION", help="Version du schéma ; la dernière sinon.")]
CorrectionsAsked = Annotated[
    Corrections, typer.Option(metavar="all|none", help="« none » : à la lettre, sans rien corriger.")
]
CharsetDeclared = Annotated[
    str | None, typer.Option(metavar="ENCODAGE", help="Encodage du fichier texte, s'il n'est pas reconnu : macintosh…")
]
CorrectedPath = Annotated[
    Path | None, typer.Option(metavar="FICHIER", dir_okay=False, help="Où écrire le fichier corrigé.")
]
ExternalId = Annotated[
    str | None, typer.Option(metavar="TEXTE", help="Votre référence, à retrouver dans la liste des dépôts.")
]
ModeAsked = Annotated[
    Mode,
    typer.Option(metavar="replace|upsert|delete", help="Ce que les lignes du fichier font de celles déjà publiées."),
]

Certificate = Annotated[
    Path | None, typer.Option(metavar="FICHIER", dir_okay=False, help="Rapport à transmettre : .html ou .json.")
]
ReceiverUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="Adresse d'un de vos webhooks, à mettre à l'épreuve.")
]


@app.command()
def start() -> None:
    """Lance tout sur cette machine, avec un bac à sable ; Ctrl-C arrête tout.

    Variables : SOCLE_PORT (8000), SOCLE_HOST (127.0.0.1), SOCLE_DATA_DIR (.socle), SOCLE_DEPARTEMENTS (31),
    SOCLE_DEMO=0 pour se passer de la démonstration du premier lancement.
    """
    from services.cli.screen import Screen
    from services.cli.start import StartSettings, run_start

    with refusing.in_french():
        run_start(StartSettings(), Screen())


@app.command()
def serve(
    service: Annotated[WebName, typer.Argument(metavar="SERVICE", help="ingest, validator, catalog ou all.")],
    host: Annotated[str, typer.Option(metavar="ADRESSE", help="Adresse d'écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", min=1, max=65535, help="Port d'écoute.")] = 8000,
) -> None:
    """Sert un service (ou tous derrière un port) jusqu'à SIGTERM."""
    from services.cli.processes import serve as serve_service

    with refusing.in_french():
        serve_service(service.value, host=host, port=port)


@app.command()
def work(
    service: Annotated[ServiceName, typer.Argument(metavar="SERVICE", help="ingest, validator ou catalog.")],
) -> None:
    """Fait le travail de fond d'un service jusqu'à SIGTERM."""
    from services.cli.processes import work as work_for

    with refusing.in_french():
        work_for(service.value)


@app.command()
def migrate() -> None:
    """Met à jour le schéma de la base SOCLE_DATABASE_URL ; à lancer avant chaque nouvelle version."""
    from services.cli.targets import SettingsRefused
    from shared.migrate import DEFAULT_DEPARTEMENTS
    from shared.migrate import migrate as migrate_database

    with refusing.in_french():
        database_url = os.environ.get("SOCLE_DATABASE_URL")
        if not database_url:
            raise SettingsRefused("Il manque la variable d'environnement SOCLE_DATABASE_URL.")
        wanted = os.environ.get("SOCLE_DEPARTEMENTS", "").split(",")
        departements = tuple(part.strip() for part in wanted if part.strip()) or DEFAULT_DEPARTEMENTS
        asyncio.run(migrate_database(database_url, departements))
    typer.echo("La base est à jour.")


@app.command()
def push(
    file: FilePath,
    schema: Schema,
    organisation: Annotated[
        str | None, typer.Option(metavar="NUMÉRO", help="SIREN, SIRET ou code INSEE ; celui du bac à sable sinon.")
    ] = None,
    schema_version: SchemaVersion = None,
    corrections: CorrectionsAsked = Corrections.ALL,
    mode: ModeAsked = Mode.REPLACE,
    whole: Annotated[
        bool, typer.Option("--slice-all", help="En « replace », vide aussi les périodes absentes du fichier.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Attend la fin et montre les constats.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Vérifie et compare tout, ne publie rien.")] = False,
    external_id: ExternalId = None,
    charset: CharsetDeclared = None,
    base_url: Annotated[
        str | None, typer.Option(envvar="SOCLE_BASE_URL", metavar="URL", help="Adresse du Socle.")
    ] = None,
    key: Annotated[str | None, typer.Option(envvar="SOCLE_API_KEY", metavar="CLÉ", help="Clé d'API.")] = None,
    idempotency_key: Annotated[
        str | None, typer.Option(metavar="TEXTE", help="Identifiant de l'envoi ; engendré sinon.")
    ] = None,
) -> None:
    """Dépose un fichier.

    Sort avec 0 (reçu ; avec --wait : publié, inchangé, remplacé, vérifié ou retenu), 1 (rejeté) ou 2 (refus, échec).
    """
    from services.cli.push.command import Destination, Orders, push_file
    from services.cli.screen import Screen

    with refusing.in_french():
        destination = Destination(base_url, key, organisation)
        choices = {"corrections": corrections.value, "mode": mode.value, "slice": "all" if whole else "present"}
        choices |= {"dry_run": str(dry_run).lower(), "external_id": external_id or ""}
        usual = {"corrections": "all", "mode": "replace", "slice": "present", "dry_run": "false", "external_id": ""}
        chosen = {name: value for name, value in choices.items() if value != usual[name]}
        orders = Orders(schema, schema_version, idempotency_key, wait, chosen, charset)
        code = asyncio.run(push_file(file, destination, orders, Screen()))
    raise typer.Exit(code)


@app.command()
def check(
    file: FilePath,
    schema: Schema,
    schema_version: SchemaVersion = None,
    form: Annotated[
        CheckFormat, typer.Option("--format", metavar="text|json|html|csv|xlsx|validata", help="Forme du rapport.")
    ] = CheckFormat.TEXT,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FICHIER",
            dir_okay=False,
            help="Où écrire le rapport ; son suffixe en dit la forme, sinon --format.",
        ),
    ] = None,
    lang: Annotated[Lang, typer.Option(metavar="fr|en", help="Langue du rapport.")] = Lang.FR,
    corrections: CorrectionsAsked = Corrections.ALL,
    mode: ModeAsked = Mode.REPLACE,
    organisation: Annotated[
        str | None,
        typer.Option(metavar="NUMÉRO", help="SIREN, SIRET ou code INSEE : compare le fichier à cet organisme."),
    ] = None,
    corrected: CorrectedPath = None,
    charset: CharsetDeclared = None,
) -> None:
    """Valide un fichier ici même, sans serveur ni clé.

    Sort avec 0 (valide), 1 (invalide) ou 2 (rien n'a pu être jugé : schéma inconnu, option illisible).
    """
    from services.cli.check import Wanted, check_file, context_for
    from services.cli.screen import Screen
    from services.validator.pipeline import Request

    with refusing.in_french():
        context = context_for(organisation)
        request = Request(schema, schema_version, charset, corrections.value, context, mode.value)
        wanted = Wanted(form.value, output, corrected, lang.value)
        code = check_file(file, request, wanted, Screen())
    raise typer.Exit(code)


@app.command()
def certify(
    organisation: Annotated[str, typer.Option(metavar="SIREN", help="Organisme d'essai : SIREN ou SIRET.")],
    base_url: Annotated[str, typer.Option(envvar="SOCLE_BASE_URL", metavar="URL", help="Adresse du Socle.")],
    key: Annotated[str, typer.Option(envvar="SOCLE_API_KEY", metavar="CLÉ", help="Clé d'API.")],
    other_organisation: Annotated[
        str | None, typer.Option(metavar="NUMÉRO", help="Organisme qui n'a pas habilité cette clé.")
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publie vraiment (année 1999) ; sinon, essais à blanc.")
    ] = False,
    receiver_url: ReceiverUrl = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="N'envoie rien : observe votre logiciel travailler, et coche.")
    ] = False,
    minutes: Annotated[float, typer.Option(metavar="N", min=0.01, help="Avec --watch : durée au plus.")] = 60,
    output: Certificate = None,
) -> None:
    """Joue contre un Socle ce qu'un éditeur rencontre, ou l'observe, et dit point par point ce qui tient.

    Sort avec 0 (rien n'a échoué), 1 (un point a échoué) ou 2 (serveur injoignable, option illisible).
    """
    from services.cli.certify.command import Asked
    from services.cli.certify.command import certify as certify_integration
    from services.cli.screen import Screen

    with refusing.in_french():
        asked = Asked(
            base_url,
            key,
            organisation,
            publish=publish,
            other_organisation=other_organisation,
            receiver_url=receiver_url,
            watch_minutes=minutes if watch else None,
            output=output,
        )
        code = asyncio.run(certify_integration(asked, Screen()))
    raise typer.Exit(code)


if __name__ == "__main__":
    app()
