"""What data sets are now. Asked of the database for each request, by one statement for all who ask at once.

A look-up always begins after the request that waits for it: whoever knows that a version is published reads it, or a
later one, from every process. Nothing has to be invalidated, on a replica neither.
"""

import asyncio
from dataclasses import dataclass, field, replace
from itertools import count

from services.catalog.query.statement import Statement
from services.catalog.reading.pool import Reader
from services.catalog.view import DatasetView, check_kept, open_view
from shared.db import Sessions, reading
from shared.rows import RowTables
from shared.trials import LOOKING_AT

LOOK_UP = Statement("SELECT id, xmin FROM catalog.dataset WHERE id = ANY($1::text[])", ())
"""`xmin` is the transaction that last wrote the row: a publication, a purge, a withdrawal, other words about it."""

REMEMBERED = 10_000
"""Data sets whose last state is remembered: more than a région has."""


@dataclass(frozen=True, slots=True)
class Present:
    """A data set at one instant."""

    view: DatasetView
    mark: int | None
    """Equal for two instants between which nothing about the data set changed; a number of this process. None: what
    is said of this one is not kept."""
    written_by: int
    """The transaction that last wrote the data set's row."""


@dataclass(slots=True)
class PresentDatasets:
    """Batches the look-ups of one process."""

    reader: Reader
    sessions: Sessions
    tables: RowTables
    _waiting: list[tuple[str, asyncio.Future[int | None]]] = field(default_factory=list)
    _asking: asyncio.Task[None] | None = None
    _remembered: dict[str, Present] = field(default_factory=dict)
    _marks: "count[int]" = field(default_factory=count)

    async def find(self, dataset_id: str) -> Present:
        """The data set as it is at some instant after the call. Raises NotFound, DatasetWithdrawn.

        For a reader of trials nothing is remembered.
        """
        if LOOKING_AT.get() is not None:
            return Present(await self._open(dataset_id), None, 0)
        written_by = await self._written_by(dataset_id)
        known = self._remembered.get(dataset_id)
        if known is not None and known.written_by == written_by and known.view.table is self._table_of(known.view):
            return known
        view = await self._open(dataset_id)
        if len(self._remembered) >= REMEMBERED:
            self._remembered.clear()
        # The view may be younger than the look-up: then the next one finds another transaction, and asks again.
        self._remembered[dataset_id] = found = Present(view, next(self._marks), written_by or 0)
        return found

    async def _open(self, dataset_id: str) -> DatasetView:
        async with reading(self.sessions) as session:
            return await open_view(session, dataset_id, tables=self.tables)

    def _table_of(self, view: DatasetView) -> object:
        return self.tables.get(view.table.schema_name)

    async def check_still_kept(self, view: DatasetView) -> None:
        """Whether all rows of the view were there until now: a purge may have come while they were read.

        Raises VersionPurged, DatasetWithdrawn.
        """
        now = (await self.find(view.dataset_id)).view
        check_kept(replace(now, publication=view.publication))

    async def _written_by(self, dataset_id: str) -> int | None:
        if "\0" in dataset_id:
            return None
        waiting: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((dataset_id, waiting))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await waiting

    async def _ask(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, []
                await self._answer(asked)
        finally:
            self._asking = None

    async def _answer(self, asked: list[tuple[str, asyncio.Future[int | None]]]) -> None:
        try:
            rows = await self.reader.fetch(replace(LOOK_UP, args=([*{one for one, _ in asked}],)))
        except BaseException as error:
            for _, waiting in asked:
                if not waiting.done():
                    waiting.set_exception(error)
            if isinstance(error, asyncio.CancelledError):
                raise
            return
        found = {row["id"]: row["xmin"] for row in rows}
        for dataset_id, waiting in asked:
            if not waiting.done():
                waiting.set_result(found.get(dataset_id))
