"""What the cells of one address say together: the row rules of the national judge, for whole columns at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import polars as pl

from services.validator.checks.bal_cells import replaced
from services.validator.checks.bal_communes import GeographicCode
from services.validator.checks.bal_fields import PLACE
from services.validator.checks.bal_levels import severity_of
from services.validator.checks.bal_projection import Floats, project
from services.validator.checks.chunk import Described, FaultRun, places, run_of
from services.validator.findings import FindingCode as Code

TOLERANCE_METRES = 10.0
"""Between x, y and the projection of long, lat."""


_FAR_METRES = 1e9
"""A distance told is never larger."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a batch: what was read of them, one Series per thing; null where nothing was."""

    number: pl.Series
    """Int64."""
    suffix: pl.Series
    street: pl.Series
    """`voie_nom`, else `toponyme`."""
    comparable_street: pl.Series
    """See `bal_names.comparable`; never null."""
    complement: pl.Series
    comparable_complement: pl.Series
    commune: pl.Series
    """INSEE code of the row, else that of its key."""
    commune_name: pl.Series
    former_commune: pl.Series
    doubtful_communes: pl.Series
    """Boolean: a cell of either commune code has a fault."""
    has_commune: pl.Series
    """Boolean: the row has a code of its own, or a key."""
    key: pl.Series
    """Text of the interoperability key, when it can be read."""
    key_number: pl.Series
    """Int64."""
    key_street: pl.Series
    long: pl.Series
    lat: pl.Series
    x: pl.Series
    y: pl.Series
    lacks_position: pl.Series
    """Boolean: the cell is empty (spaces count as something)."""
    lacks_coordinates: pl.Series
    """Boolean: the cell of the longitude or of the latitude is empty."""
    commune_id: pl.Series
    street_id: pl.Series
    address_id: pl.Series

    @property
    def numbered(self) -> pl.Series:
        """Whether the row is an address with a number that can be read."""
        return (self.number != PLACE).fill_null(value=False)

    @property
    def is_place(self) -> pl.Series:
        """Whether the row is a place without numbers."""
        return (self.number == PLACE).fill_null(value=False)


Runs = Iterator[FaultRun]


class RowRules:
    """The row rules of one version of the format."""

    def __init__(self, communes: GeographicCode, *, version: str) -> None:
        self._communes = communes
        self._version = version

    def runs(self, rows: Addresses) -> Runs:
        """Every fault, rule by rule."""
        yield from chain(
            self._numbers(rows),
            self._communes_of(rows),
            self._names(rows),
            self._coordinates(rows),
            self._former_communes(rows),
            self._identifiers(rows),
        )

    def _run(self, code: Code, column: str, mask: pl.Series, describe: Callable[[int], Described]) -> Runs:
        """`describe` takes a row, not a rank."""
        if not mask.any():
            return
        rows = places(mask)
        severity = severity_of(code, None, version=self._version)
        yield from run_of(code, severity, column, rows, lambda rank: describe(int(rows[rank])))

    def _numbers(self, rows: Addresses) -> Runs:
        differs = rows.key.is_not_null() & (rows.number != 0).fill_null(value=False)
        if differs.any():
            differs &= rows.key_number.ne_missing(rows.number)
        yield from self._run(
            Code.BAL_NUMBER_MISMATCH,
            "numero",
            differs,
            lambda row: Described(str(rows.number[row]), details={"key": rows.key[row]}),
        )
        incomplete = rows.number.is_null() | rows.street.is_null()
        yield from self._run(Code.BAL_INCOMPLETE, "numero", incomplete, lambda _: Described())
        unsaid = rows.numbered & rows.lacks_position
        yield from self._run(Code.BAL_NO_POSITION, "position", unsaid, lambda _: Described())

    def _communes_of(self, rows: Addresses) -> Runs:
        yield from self._run(Code.BAL_NO_COMMUNE, "commune_insee", ~rows.has_commune, lambda _: Described())
        codes = [code for code in rows.commune.unique().to_list() if code is not None]
        official = {code: self._communes.names.get(code) for code in codes}
        if not official:
            return
        names = replaced(rows.commune, official, default=None)
        yield from self._run(
            Code.BAL_COMMUNE_NAME,
            "commune_nom",
            (rows.commune_name != names).fill_null(value=False),
            lambda row: Described(rows.commune_name[row], names[row], {"code": rows.commune[row]}),
        )

    def _names(self, rows: Addresses) -> Runs:
        if rows.complement.null_count() == len(rows.complement):
            same = rows.comparable_street == ""
        else:
            same = rows.comparable_street == rows.comparable_complement
        yield from self._run(
            Code.BAL_SAME_NAMES, "lieudit_complement_nom", same, lambda row: Described(rows.complement[row])
        )

    def _coordinates(self, rows: Addresses) -> Runs:
        empty = rows.numbered & rows.lacks_coordinates
        yield from self._run(Code.BAL_NO_COORDINATES, "long", empty, lambda _: Described())
        x, y = project(_floats(rows.long), _floats(rows.lat))
        outside = pl.Series(np.isnan(x))
        judged = ~empty
        wrong = judged & outside & ~rows.is_place
        yield from self._run(
            Code.BAL_COORDINATES, "long", wrong, lambda row: Described(f"{rows.long[row]}, {rows.lat[row]}")
        )
        distances = np.hypot(_floats(rows.x) - x, _floats(rows.y) - y)
        apart = judged & pl.Series(distances > TOLERANCE_METRES)

        def describe(row: int) -> Described:
            details = {
                "distance": round(min(float(distances[row]), _FAR_METRES)),
                "x": float(x[row]),
                "y": float(y[row]),
            }
            return Described(f"{rows.long[row]}, {rows.lat[row]}", details=details)

        yield from self._run(Code.BAL_COORDINATES_APART, "x", apart, describe)

    def _former_communes(self, rows: Addresses) -> Runs:
        if rows.former_commune.null_count() == len(rows.former_commune):
            return
        pairs = pl.DataFrame({"commune": rows.commune, "former": rows.former_commune})
        known = pairs.drop_nulls().unique()
        strangers = [pair for pair in known.iter_rows() if not self._belongs(*pair)]
        if not strangers:
            return
        found = pl.DataFrame(strangers, schema=pairs.schema, orient="row").with_columns(wrong=pl.lit(value=True))
        wrong = pairs.join(found, on=["commune", "former"], how="left", maintain_order="left")["wrong"]
        yield from self._run(
            Code.BAL_FORMER_COMMUNE_ELSEWHERE,
            "commune_deleguee_insee",
            wrong.fill_null(value=False) & ~rows.doubtful_communes,
            lambda row: Described(rows.former_commune[row], details={"code": rows.commune[row]}),
        )

    def _belongs(self, commune: str, former: str) -> bool:
        """Also when the commune is not one of today: it has its own finding."""
        return commune not in self._communes.names or commune in (former, self._communes.former.get(former))

    def _identifiers(self, rows: Addresses) -> Runs:
        lacks = [identifier.is_null() for identifier in (rows.commune_id, rows.street_id, rows.address_id)]
        if all(each.all() for each in lacks) or not any(each.any() for each in lacks):
            return
        none = lacks[0] & lacks[1] & lacks[2]
        partial = ~none & (lacks[0] | lacks[1] | (lacks[2] & ~rows.is_place))
        yield from self._run(Code.BAL_PARTIAL_IDS, "id_ban_adresse", partial, lambda _: Described())


def _floats(series: pl.Series) -> Floats:
    """NaN for null."""
    found: Any = series.to_numpy()
    return np.asarray(found, dtype=np.float64)
