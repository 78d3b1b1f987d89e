"""What data sets are now. Asked of the database for each request, by one statement for all who ask at once.

A look-up always begins after the request that waits for it: whoever knows that a version is published reads it, or a
later one, from every process. Nothing has to be invalidated, on a replica neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from services.catalog.query.records import read_rows
from services.catalog.query.statement import Statement
from services.catalog.reading.gathering import Gathering
from services.catalog.reading.pool import Reader
from services.catalog.view import DatasetView, check_kept, open_view
from shared.db import Sessions, reading
from shared.rows import RowTables
from shared.trials import LOOKING_AT

MOST_OF_OTHERS = 1000
"""Rows of other data sets in a table that one fills."""

LOOK_UP = f"""
SELECT one.id, one.xmin, coalesce(whole.rows - one.rows, 0) <= {MOST_OF_OTHERS} AS fills_table
FROM catalog.dataset AS one LEFT JOIN catalog.dataset AS whole
ON whole.schema_name = one.schema_name AND whole.organisation_siren IS NULL AND whole.trial_of IS NULL
WHERE one.id = ANY($1::text[])
"""  # noqa: S608
"""`xmin` is the transaction that last wrote the row: a publication, a purge, a withdrawal, other words about it."""

State = tuple[int, bool]
"""The transaction that last wrote a data set's row, and whether the data set fills its table."""

REMEMBERED = 10_000
"""Data sets whose last state is remembered: more than a région has."""


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """A data set at one instant."""

    view: DatasetView
    mark: int | None
    """A number of this process. None: what is said of this one is not kept."""
    state: State | None
    rows: Gathering[int, str]
    """Its rows as JSON texts, by their numbers."""


@dataclass(slots=True)
class PresentDatasets:
    """The data sets that one process has been asked for."""

    looking_up: Reader
    """Its own, so that a look-up never waits for rows."""
    reader: Reader
    sessions: Sessions
    tables: RowTables
    _states: Gathering[str, State] = field(init=False)
    _remembered: dict[str, Present] = field(default_factory=dict)
    _marks: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self._states = Gathering(self._look_up)

    async def find(self, dataset_id: str) -> Present:
        """The data set as it is at some instant after the call; the same object as long as nothing about it changes.

        For a reader of trials nothing is remembered. Raises NotFound, DatasetWithdrawn.
        """
        if LOOKING_AT.get() is not None:
            return self._present(await self._open(dataset_id), None, None)
        state = await self._states.find(dataset_id)
        known = self.remembered(dataset_id)
        if known is not None and known.state == state:
            return known
        view = await self._open(dataset_id)
        if state is not None:
            view = replace(view, fills_table=state[1])
        if len(self._remembered) >= REMEMBERED:
            self._remembered.clear()
        # The view may be younger than the look-up: then the next one finds another transaction, and asks again.
        self._remembered[dataset_id] = found = self._present(view, next(self._marks), state)
        return found

    def remembered(self, dataset_id: str) -> Present | None:
        """The data set as it was when it was last asked for: most often, what `find` gives."""
        known = self._remembered.get(dataset_id) if LOOKING_AT.get() is None else None
        return known if known and known.view.table is self.tables.get(known.view.table.schema_name) else None

    async def check_still_kept(self, view: DatasetView) -> None:
        """Whether all rows of the view were there until now: a purge may have come while they were read.

        Raises VersionPurged, DatasetWithdrawn.
        """
        now = (await self.find(view.dataset_id)).view
        check_kept(replace(now, publication=view.publication))

    async def _look_up(self, dataset_ids: Sequence[str]) -> Mapping[str, State]:
        known = [one for one in dataset_ids if "\0" not in one]
        found = await self.looking_up.fetch(Statement(LOOK_UP, (known,)))
        return {row["id"]: (row["xmin"], row["fills_table"]) for row in found}

    async def _open(self, dataset_id: str) -> DatasetView:
        async with reading(self.sessions) as session:
            return await open_view(session, dataset_id, tables=self.tables)

    def _present(self, view: DatasetView, mark: int | None, state: State | None) -> Present:
        return Present(view, mark, state, Gathering(lambda row_ids: read_rows(self.reader, view, row_ids)))
