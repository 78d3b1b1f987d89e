"""Onboarding from a table: one line per step or number of agents, all of them or none."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.onboarding.record import InvalidOnboarding, StepWish, check_step, record_step, set_agents
from shared.audit import Actor
from shared.db import Sessions
from shared.errors import Refusal
from shared.models import OnboardingStep, Organisation

LISTED_REFUSALS = 100

COLUMNS = ("siren", "step", "date", "agents", "convention_sha256")
"""Of the table; `siren` and one of the others at least."""

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
    step: StepWish | None
    agents: float | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do."""

    lines: int
    steps: int
    """Records that say something new."""
    agents: int
    """Numbers of agents that changed."""


async def import_onboarding(sessions: Sessions, content: bytes, *, actor: Actor, dry_run: bool = False) -> Imported:
    """Record the lines of a CSV table, in their order. Raises ImportRefused, and then nothing was recorded."""
    wishes = read_table(content)
    async with sessions() as session, session.begin() as transaction:
        organisations = await _organisations(session, {one.siren for one in wishes})
        unknown = [one for one in wishes if one.siren not in organisations]
        if unknown:
            raise _refused({one.number: f"aucun organisme ne porte ici le SIREN {one.siren}" for one in unknown})
        steps = agents = 0
        for one in wishes:
            if one.step is not None:
                steps += await record_step(session, one.siren, one.step, actor=actor)
            if one.agents is not None:
                agents += await set_agents(session, organisations[one.siren], one.agents, actor=actor)
            await session.flush()
        if dry_run:
            await transaction.rollback()
    return Imported(len(wishes), steps, agents)


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
    step, agents = _step(cells), _agents(cells.get("agents", ""))
    if step is None and agents is None:
        raise BadLine("ni étape ni nombre d'agents")
    if step is not None:
        check_step(step, today)
    return ImportLine(number, siren, step, agents)


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
