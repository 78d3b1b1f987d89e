"""The list of data sets, and the versions of one."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.errors import InvalidParameter
from shared.models import CatalogDataset, CatalogVersion, Organisation

DatasetRow = tuple[CatalogDataset, Organisation | None]


@dataclass(frozen=True, slots=True)
class DatasetFilter:
    """Which data sets are asked for; None means any."""

    words: tuple[str, ...] = ()
    """Each of them, folded, is in the title, the identifier or the name of the organisation."""
    schema_name: str | None = None
    organisation_siren: str | None = None
    after_id: str | None = None


async def list_datasets(
    session: AsyncSession, wanted: DatasetFilter, *, limit: int
) -> tuple[list[DatasetRow], str | None]:
    """By identifier; and the identifier to continue after, or None on the last page."""
    statement = _with_organisation().where(
        or_(col(CatalogDataset.organisation_siren).is_(None), col(CatalogDataset.current_version).is_not(None)),
        col(CatalogDataset.withdrawn_at).is_(None),
    )
    if wanted.schema_name is not None:
        statement = statement.where(col(CatalogDataset.schema_name) == wanted.schema_name)
    if wanted.organisation_siren is not None:
        statement = statement.where(col(CatalogDataset.organisation_siren) == wanted.organisation_siren)
    if wanted.after_id is not None:
        statement = statement.where(col(CatalogDataset.id) > wanted.after_id)
    name = func.coalesce(col(Organisation.name), "")
    searched = _folded(col(CatalogDataset.id) + " " + col(CatalogDataset.title) + " " + name)
    for word in wanted.words:
        statement = statement.where(func.strpos(searched, word) > 0)
    rows = await session.execute(statement.order_by(col(CatalogDataset.id)).limit(limit + 1))
    found: list[DatasetRow] = [(dataset, organisation) for dataset, organisation in rows]
    page = found[:limit]
    return page, page[-1][0].id if len(found) > limit else None


async def describe_dataset(session: AsyncSession, dataset_id: str) -> DatasetRow:
    """A data set that is known to exist, with its organisation."""
    rows = await session.execute(_with_organisation().where(col(CatalogDataset.id) == dataset_id))
    dataset, organisation = rows.one()
    return dataset, organisation


async def list_versions(
    session: AsyncSession, dataset: CatalogDataset, *, before_publication: int | None, limit: int
) -> tuple[list[CatalogVersion], int | None]:
    """The newest first, those of every organisation for a consolidated data set; and where to continue."""
    if dataset.organisation_siren is None:
        statement = select(CatalogVersion).where(col(CatalogVersion.schema_name) == dataset.schema_name)
    else:
        statement = select(CatalogVersion).where(col(CatalogVersion.dataset_id) == dataset.id)
    if before_publication is not None:
        statement = statement.where(col(CatalogVersion.publication) < before_publication)
    statement = statement.order_by(col(CatalogVersion.publication).desc()).limit(limit + 1)
    found = list((await session.execute(statement)).scalars())
    page = found[:limit]
    return page, page[-1].publication if len(found) > limit else None


async def find_organisation_siren(session: AsyncSession, code: str) -> str:
    """The SIREN that a SIREN, a SIRET or an INSEE code stands for. Raises InvalidParameter."""
    digits = code.replace(" ", "")
    column = col(Organisation.insee_code) if len(digits) == 5 else col(Organisation.siren)
    wanted = digits if len(digits) == 5 else digits[:9]
    known = digits.isascii() and digits.isalnum() and len(digits) in (5, 9, 14)
    statement = select(col(Organisation.siren)).where(column == wanted)
    siren: str | None = (await session.execute(statement)).scalar_one_or_none() if known else None
    if siren is None:
        raise InvalidParameter(
            "organisation",
            f"« {code[:20]} » ne désigne aucun organisme connu.",
            action="Donnez un SIREN, un SIRET ou un code INSEE.",
        )
    return siren


def words_of(question: str) -> tuple[str, ...]:
    """The words of a question, without accents or case: what `list_datasets` looks for."""
    decomposed = unicodedata.normalize("NFD", question.lower().replace("œ", "oe"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return tuple(re.findall(r"[^\W_]+", bare))[:10]


def _folded(expression: ColumnElement[Any]) -> ColumnElement[str]:
    # Decomposed first: `lower` of a database in the C locale knows ASCII letters only.
    decomposed = func.pg_catalog.normalize(expression, literal("NFD"))
    bare = func.lower(func.regexp_replace(decomposed, "[\\u0300-\\u036f]", "", "g"))
    return func.replace(func.replace(bare, "œ", "oe"), "Œ", "oe")


def _with_organisation() -> Select[CatalogDataset, Organisation]:
    return select(CatalogDataset, Organisation).outerjoin(
        Organisation, col(Organisation.siren) == col(CatalogDataset.organisation_siren)
    )
