"""The list of data sets, and the versions of one."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.errors import InvalidParameter
from shared.models import CatalogDataset, CatalogVersion, Organisation

DatasetRow = tuple[CatalogDataset, Organisation | None]


async def read_datasets(session: AsyncSession, ids: Sequence[str]) -> list[DatasetRow]:
    """Data sets that are known to exist, in the order of their identifiers in `ids`."""
    rows = await session.execute(_with_organisation().where(col(CatalogDataset.id).in_(ids)))
    found = {dataset.id: (dataset, organisation) for dataset, organisation in rows}
    return [found[one] for one in ids]


async def organisation_names(session: AsyncSession, sirens: Sequence[str]) -> dict[str, str]:
    """SIREN → name."""
    statement = select(col(Organisation.siren), col(Organisation.name)).where(col(Organisation.siren).in_(sirens))
    return {siren: name for siren, name in await session.execute(statement)}


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


def _with_organisation() -> Select[CatalogDataset, Organisation]:
    return select(CatalogDataset, Organisation).outerjoin(
        Organisation, col(Organisation.siren) == col(CatalogDataset.organisation_siren)
    )
