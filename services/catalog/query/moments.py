"""Which version a question is about."""

from datetime import date, datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.query.tree import AsOf
from services.catalog.view import DatasetView, check_kept, view_of_version
from shared.errors import NotFound
from shared.models import CatalogVersion

END_OF_DAY = "(CAST(:at AS date) + 1)::timestamp AT TIME ZONE 'Europe/Paris'"
IN_PARIS = "CAST(:at AS timestamp) AT TIME ZONE 'Europe/Paris'"
"""PostgreSQL knows time zones even where the system's own list is not installed."""


async def view_at(session: AsyncSession, view: DatasetView, as_of: AsOf | None) -> DatasetView:
    """The same data set as one of its versions. Raises NotFound, VersionPurged."""
    if as_of is None:
        return view
    number = as_of if isinstance(as_of, int) else await _version_at(session, view, as_of)
    found, _ = await view_of_version(session, view, number)
    return check_kept(found)


async def _version_at(session: AsyncSession, view: DatasetView, at: date) -> int:
    if not isinstance(at, datetime):
        moment = text(f"published_at < {END_OF_DAY}").bindparams(at=at)
    elif at.tzinfo is None:
        moment = text(f"published_at <= {IN_PARIS}").bindparams(at=at)
    else:
        moment = text("published_at <= CAST(:at AS timestamptz)").bindparams(at=at)
    if view.is_consolidated:
        number, of = col(CatalogVersion.publication), col(CatalogVersion.schema_name) == view.table.schema_name
    else:
        number, of = col(CatalogVersion.number), col(CatalogVersion.dataset_id) == view.dataset_id
    found: int | None = (await session.execute(select(func.max(number)).where(of, moment))).scalar_one()
    if found is None:
        raise NotFound(
            f"« {view.dataset_id} » n'avait encore aucune version le {at.isoformat()}.",
            action=f"Les versions sont listées par GET /v1/datasets/{view.dataset_id}/versions.",
        )
    return found
