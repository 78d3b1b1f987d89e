"""Onboarding from a table: one line per producer, step, number of agents or référent, all of them or none."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.admin import AlreadyThere, add_organisation
from services.ingest.habilitations.operate import ADDRESS, add_referent
from services.ingest.onboarding.record import InvalidOnboarding, StepWish, check_step, record_step, set_agents
from shared.audit import Actor
from shared.db import Sessions
from shared.errors import Refusal
from shared.models import OnboardingStep, Organisation

LISTED_REFUSALS = 100

COLUMNS = (
    "siren",
    "name",
    "departement",
    "step",
    "date",
    "agents",
    "convention_sha256",
    "referent_email",
    "referent_name",
    "referent_role",
)
"""Of the table; `siren` and one of the others at least. `name` and `departement` are of a producer not known here."""

DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")


class ImportRefused(Refusal):
    """A table of which at least one line cannot be taken: nothing of it was."""

    status = 422
    code = "import-refused"
    title = "Import refusé"


class BadLine(ValueError):
    """Why a line cannot be taken, in French."""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What one line asks for."""

    number: int
    siren: str
    name: str
    """Of a producer that is not known here yet; else nobody looks at it."""
    departement: str | None
    step: StepWish | None
    agents: float | None
    referent: dict[str, str]
    """`email`, `name`, `role`; empty without one."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do."""

    lines: int
    organisations: int = 0
    """Producers that were not known."""
    steps: int = 0
    """Records that say something new."""
    agents: int = 0
    """Numbers of agents that changed."""
    referents: int = 0
    """Référents added, or named anew."""


async def import_onboarding(sessions: Sessions, content: bytes, *, actor: Actor, dry_run: bool = False) -> Imported:
    """Record the lines of a CSV table, in their order. Raises ImportRefused, and then nothing was recorded."""
    wishes = read_table(content)
    async with sessions() as session, session.begin() as transaction:
        known = await _organisations(session, {one.siren for one in wishes})
        before = len(known)
        await _create(session, [one for one in wishes if one.siren not in known], known, actor)
        told = [await _record(session, one, known[one.siren], actor) for one in wishes]
        if dry_run:
            await transaction.rollback()
    steps, agents, referents = (sum(one[place] for one in told) for place in range(3))
    return Imported(len(wishes), len(known) - before, steps, agents, referents)


async def _create(
    session: AsyncSession, wishes: Sequence[ImportLine], known: dict[str, Organisation], actor: Actor
) -> None:
    """The producers that lines name; they are known then."""
    refusals: dict[int, str] = {}
    for one in wishes:
        if one.siren in known:
            continue
        if not one.name:
            refusals[one.number] = f"aucun organisme ne porte ici le SIREN {one.siren}"
            continue
        try:
            known[one.siren] = await add_organisation(
                session, siren=one.siren, name=one.name, departement=one.departement, actor=actor
            )
        except AlreadyThere:
            refusals[one.number] = f"un autre organisme porte déjà le nom « {one.name} »"
    if refusals:
        raise _refused(refusals)


async def _record(
    session: AsyncSession, wish: ImportLine, organisation: Organisation, actor: Actor
) -> tuple[bool, bool, bool]:
    """Whether it says anything new: of a step, of agents, of a référent."""
    siren = organisation.siren
    step = wish.step is not None and await record_step(session, siren, wish.step, actor=actor)
    agents = wish.agents is not None and await set_agents(session, organisation, wish.agents, actor=actor)
    referent = bool(wish.referent) and await add_referent(session, siren=siren, actor=actor, **wish.referent)
    await session.flush()
    return step, agents, referent


def read_table(content: bytes) -> list[ImportLine]:
    """The lines of a CSV table (UTF-8; commas, semicolons or tabs). Raises ImportRefused, with every bad line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused({1: "le fichier n'est pas en UTF-8"}) from error
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    strange = [name for name in names if name not in COLUMNS]
    if strange or "siren" not in names or len(set(names)) < len(names):
        raise _refused({1: f"colonnes attendues : {', '.join(COLUMNS)} ; lues : {', '.join(names) or 'aucune'}"})
    rows.fieldnames = names
    return list(_lines(rows))


def _lines(rows: "csv.DictReader[str]") -> Iterator[ImportLine]:
    refusals: dict[int, str] = {}
    today = datetime.now().astimezone().date()
    for row in rows:
        try:
            yield _line(rows.line_num, row, today)
        except BadLine as bad:
            refusals[rows.line_num] = str(bad)
        except InvalidOnboarding as invalid:
            refusals[rows.line_num] = invalid.detail
    if refusals:
        raise _refused(refusals)


def _line(number: int, row: Mapping[str | None, object], today: date) -> ImportLine:
    if None in row:
        raise BadLine("plus de cellules que de colonnes")
    cells = {str(name): str(value or "").strip() for name, value in row.items()}
    siren = cells["siren"].replace(" ", "")
    if not (len(siren) == 9 and siren.isascii() and siren.isdigit()):
        raise BadLine(f"« {siren[:20]} » n'est pas un SIREN (9 chiffres)")
    step, agents, referent = _step(cells), _agents(cells.get("agents", "")), _referent(cells)
    name, departement = cells.get("name", ""), cells.get("departement", "")
    if step is None and agents is None and not referent and not name:
        raise BadLine("ni étape, ni nombre d'agents, ni référent, ni organisme à ajouter")
    if name and (len(name) > 200 or not re.search("[A-Za-z0-9]", name)):
        raise BadLine(f"« {name[:40]} » n'est pas le nom d'un organisme")
    if departement and not re.fullmatch("[0-9AB]{2,3}", departement):
        raise BadLine(f"« {departement[:20]} » n'est pas le code d'un département")
    if step is not None:
        check_step(step, today)
    return ImportLine(number, siren, name, departement or None, step, agents, referent)


def _referent(cells: Mapping[str, str]) -> dict[str, str]:
    email, name, role = (cells.get(f"referent_{what}", "") for what in ("email", "name", "role"))
    if not email:
        if name or role:
            raise BadLine("le nom ou la fonction d'un référent, sans son adresse")
        return {}
    if not re.fullmatch(ADDRESS, email) or len(email) > 254:
        raise BadLine(f"« {email[:40]} » n'est pas une adresse électronique")
    return {"email": email, "name": name[:200], "role": role[:200]}


def _step(cells: Mapping[str, str]) -> StepWish | None:
    name, day, document = (cells.get(column, "") for column in ("step", "date", "convention_sha256"))
    if not name:
        if day or document:
            raise BadLine("une date ou une empreinte, sans étape")
        return None
    if name == "publishing":
        raise BadLine("« publishing » ne se note pas : la première publication la date")
    if name not in set(OnboardingStep):
        raise BadLine(f"« {name[:40]} » n'est pas une étape : {', '.join(OnboardingStep)}")
    return StepWish(OnboardingStep(name), _date(day), document.lower() or None)


def _date(text: str) -> date:
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, nowhere in particular
        except ValueError:
            continue
    raise BadLine(f"« {text[:20]} » n'est pas une date (AAAA-MM-JJ ou JJ/MM/AAAA)")


def _agents(text: str) -> float | None:
    if not text:
        return None
    plain = text.replace(",", ".", 1)
    if not plain.replace(".", "", 1).isdigit() or not plain.isascii() or len(plain) > 9:
        raise BadLine(f"« {text[:20]} » n'est pas un nombre d'agents")
    return float(plain)


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(";,\t", key=head.count)


def _refused(refusals: Mapping[int, str]) -> ImportRefused:
    count = len(refusals)
    listed = list(refusals.items())[:LISTED_REFUSALS]
    said = " ; ".join(f"ligne {number} : {why}" for number, why in listed)
    rest = "" if count <= LISTED_REFUSALS else f" ; et {count - LISTED_REFUSALS} autres"
    return ImportRefused(
        f"Rien n'a été importé. {said[:1].upper()}{said[1:]}{rest}.",
        action="Corrigez ces lignes, puis importez de nouveau le fichier entier.",
        lines=[{"line": number, "detail": why} for number, why in listed],
    )


async def _organisations(session: AsyncSession, sirens: set[str]) -> dict[str, Organisation]:
    found = await session.execute(select(Organisation).where(col(Organisation.siren).in_(sirens)).with_for_update())
    return {one.siren: one for one in found.scalars()}
