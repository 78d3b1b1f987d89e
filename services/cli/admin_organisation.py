"""`socle admin organisation`: producers, their onboarding, their agents, one by one or from a table."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.administered import run

if TYPE_CHECKING:
    from services.ingest.onboarding.bodies import AdministeredOut

app = typer.Typer(help="Organismes : producteurs, étapes, agents.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="NUMÉRO", help="SIREN, SIRET ou code INSEE.")]

STATES = {
    "not_contacted": "pas encore contacté",
    "contacted": "contacté",
    "presented": "présentation faite",
    "convention_signed": "convention signée",
    "referents_named": "référents nommés",
    "configured": "configuré",
    "publishing": "publie",
}

OBLIGATIONS = {"yes": "oui", "no": "non", "unknown": "inconnue (nombre d'agents ?)"}


@app.command("create")
def create_organisation(
    siren: Annotated[str, typer.Option(metavar="SIREN", help="9 chiffres.")],
    name: Annotated[str, typer.Option(metavar="NOM")],
    departement: Annotated[str | None, typer.Option(metavar="CODE", help="Son département.")] = None,
) -> None:
    """Ajoute un organisme qui n'est ni une commune ni une intercommunalité."""
    from services.ingest import admin

    if not (len(siren) == 9 and siren.isascii() and siren.isdigit()):
        raise typer.BadParameter("un SIREN compte 9 chiffres", param_hint="--siren")
    run(lambda sessions: admin.create_organisation(sessions, siren=siren, name=name, departement=departement))
    typer.echo(f"Organisme {siren} créé : {name}")


@app.command("list")
def list_organisations(text: Annotated[str, typer.Argument(metavar="[TEXTE]", help="Partie du nom.")] = "") -> None:
    """Liste les organismes."""
    from services.cli.screen import Screen
    from services.ingest import admin

    found = run(lambda sessions: admin.list_organisations(sessions, text=text))
    rows = [(o.siren, o.insee_code or "—", o.name, o.slug) for o in found]
    Screen().table("", ("SIREN", "INSEE", "Nom", "Identifiant"), rows)


@app.command("show")
def show_organisation(number: Number) -> None:
    """Montre où en est un organisme, et tout ce qui a été noté de lui."""
    from services.cli.screen import Screen
    from services.ingest.onboarding import administer

    shown = run(lambda sessions: administer.show_organisation(sessions, number))
    since = f" depuis le {shown.onboarding.since:%d/%m/%Y}" if shown.onboarding.since else ""
    agents = "inconnus" if shown.agents is None else f"{shown.agents:g} (équivalents temps plein)"
    screen = Screen()
    screen.say(f"{shown.name} ({shown.siren}) : {STATES[shown.onboarding.state]}{since}")
    screen.say(f"Obligation de publier : {OBLIGATIONS[shown.obligation]}. Agents : {agents}.")
    rows = [
        (one.step, f"{one.date:%d/%m/%Y}" if one.date else "retirée", f"{one.recorded_at:%d/%m/%Y}", one.note)
        for one in shown.history
    ]
    if rows:
        screen.table("", ("Étape", "Jour", "Noté le", "Note"), rows)


@app.command("step")
def record_step(
    number: Number,
    step: Annotated[str, typer.Argument(metavar="ÉTAPE", help="contacted, presented, convention_signed…")],
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], metavar="DATE", help="Le jour même, sinon.")
    ] = None,
    document: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, metavar="FICHIER", help="La convention signée : son empreinte est notée."
        ),
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXTE")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Retire l'étape, notée par erreur.")] = False,
) -> None:
    """Note qu'un organisme a franchi une étape."""
    from hashlib import sha256

    from services.ingest.onboarding.administer import change_step
    from services.ingest.onboarding.record import StepWish
    from shared.audit import OPERATOR
    from shared.models import OnboardingStep

    if step not in set(OnboardingStep):
        raise typer.BadParameter(f"choisissez parmi : {', '.join(OnboardingStep)}", param_hint="ÉTAPE")
    day = None if undo else (date or datetime.now().astimezone()).date()
    digest = None if document is None else sha256(document.read_bytes()).hexdigest()
    wish = StepWish(OnboardingStep(step), day, digest, note)
    _said(run(lambda sessions: change_step(sessions, number, wish, actor=OPERATOR)))


@app.command("agents")
def set_agents(
    number: Number,
    agents: Annotated[float, typer.Argument(min=0, metavar="NOMBRE", help="Équivalents temps plein.")],
) -> None:
    """Note combien d'agents a un organisme : son obligation de publier en dépend."""
    from services.ingest.onboarding.administer import change_agents
    from shared.audit import OPERATOR

    _said(run(lambda sessions: change_agents(sessions, number, agents, actor=OPERATOR)))


@app.command("import")
def import_table(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FICHIER", help="CSV en UTF-8.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Vérifie seulement.")] = False,
) -> None:
    """Importe des producteurs, des étapes, des nombres d'agents, des référents : toutes les lignes, ou aucune.

    Colonnes : siren, name, departement, step, date, agents, convention_sha256, referent_email, referent_name,
    referent_role. Celles qu'il faut.
    """
    from services.ingest.onboarding.imported import import_onboarding
    from shared.audit import OPERATOR

    content = file.read_bytes()
    done = run(lambda sessions: import_onboarding(sessions, content, actor=OPERATOR, dry_run=dry_run))
    verb = "seraient notés" if dry_run else "notés"
    noted = f"{done.steps} étapes, {done.agents} nombres d'agents, {done.organisations} organismes"
    typer.echo(f"{done.lines} lignes lues ; {verb} : {noted}, {done.referents} référents.")


def _said(shown: "AdministeredOut") -> None:
    typer.echo(
        f"{shown.name} : {STATES[shown.onboarding.state]}. Obligation de publier : {OBLIGATIONS[shown.obligation]}."
    )
