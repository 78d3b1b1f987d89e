"""What the cells of one address say together: the row rules of the national judge, for whole columns at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import polars as pl

from services.validator.checks.bal_communes import GeographicCode
from services.validator.checks.bal_fields import PLACE
from services.validator.checks.bal_levels import severity_of
from services.validator.checks.bal_names import comparable
from services.validator.checks.bal_projection import Floats, project
from services.validator.checks.chunk import Described, FaultRun, run_of
from services.validator.findings import FindingCode as Code

TOLERANCE_METRES = 10.0
"""Between x, y and the projection of long, lat."""

_FAR_METRES = 1e9
"""A distance told is never larger."""

UNREAD = PLACE + 1
"""Stands for a number that cannot be read: no address has it."""

NAMED = "[A-Za-z]{5}"
"""Form of names that certainly compare as something: no article has five letters."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a batch: what was read of them, one column per thing; null where nothing was."""

    number: npt.NDArray[np.int64]
    """`UNREAD` for null."""
    suffix: pl.Series
    street: pl.Series
    """`voie_nom`, else `toponyme`."""
    complement: pl.Series
    commune: pl.Series
    """INSEE code of the row, else that of its key."""
    commune_name: pl.Series
    former_commune: pl.Series
    doubtful_communes: Mask
    """A cell of either commune code has a fault."""
    has_commune: Mask
    """The row has a code of its own, or a key."""
    key: pl.Series
    """Text of the interoperability key, when it can be read."""
    key_number: pl.Series
    """Int64."""
    key_street: pl.Series
    long: Floats
    lat: Floats
    x: Floats
    y: Floats
    """NaN for null, as all coordinates."""
    lacks_position: Mask
    """The cell is empty (spaces count as something)."""
    lacks_coordinates: Mask
    """The cell of the longitude or of the latitude is empty."""
    commune_id: pl.Series
    street_id: pl.Series
    address_id: pl.Series

    @property
    def numbered(self) -> Mask:
        """Whether the row is an address with a number that can be read."""
        return self.number < PLACE

    @property
    def is_place(self) -> Mask:
        """Whether the row is a place without numbers."""
        found: Mask = self.number == PLACE
        return found


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

    def _run(self, code: Code, column: str, mask: Mask, describe: Callable[[int], Described]) -> Runs:
        """`describe` takes a row, not a rank."""
        rows = np.flatnonzero(mask)
        severity = severity_of(code, None, version=self._version)
        yield from run_of(code, severity, column, rows, lambda rank: describe(int(rows[rank])))

    def _numbers(self, rows: Addresses) -> Runs:
        if rows.key.null_count() < len(rows.key):
            differs = (rows.number != rows.key_number.fill_null(-1).to_numpy()) & rows.key.is_not_null().to_numpy()
            yield from self._run(
                Code.BAL_NUMBER_MISMATCH,
                "numero",
                differs & (rows.number != 0) & (rows.number != UNREAD),
                lambda row: Described(str(rows.number[row]), details={"key": rows.key[row]}),
            )
        incomplete = (rows.number == UNREAD) | rows.street.is_null().to_numpy()
        yield from self._run(Code.BAL_INCOMPLETE, "numero", incomplete, lambda _: Described())
        yield from self._run(
            Code.BAL_NO_POSITION, "position", rows.numbered & rows.lacks_position, lambda _: Described()
        )

    def _communes_of(self, rows: Addresses) -> Runs:
        yield from self._run(Code.BAL_NO_COMMUNE, "commune_insee", ~rows.has_commune, lambda _: Described())
        official = self._communes.names

        def describe(row: int) -> Described:
            code = rows.commune[row]
            return Described(rows.commune_name[row], official[code], {"code": code})

        wrong = _pairs(rows.commune, rows.commune_name, lambda code, name: code in official and official[code] != name)
        yield from self._run(Code.BAL_COMMUNE_NAME, "commune_nom", wrong, describe)

    def _names(self, rows: Addresses) -> Runs:
        """A name that compares as nothing is the same as no name."""
        alone = rows.complement.is_null()
        streets = rows.street.unique()
        doubtful = streets.filter(~streets.str.contains(NAMED).fill_null(value=False))
        nameless = [name for name in doubtful.to_list() if not comparable(name or "")]
        same = _none(rows)
        if nameless:
            same = (alone & rows.street.is_in(nameless, nulls_equal=True)).to_numpy()
        if not alone.all():
            same = same | _pairs(
                rows.street.fill_null(""), rows.complement, lambda one, other: comparable(one) == comparable(other)
            )
        yield from self._run(
            Code.BAL_SAME_NAMES, "lieudit_complement_nom", same, lambda row: Described(rows.complement[row])
        )

    def _coordinates(self, rows: Addresses) -> Runs:
        empty = rows.numbered & rows.lacks_coordinates
        yield from self._run(Code.BAL_NO_COORDINATES, "long", empty, lambda _: Described())
        x, y = project(rows.long, rows.lat)

        def place(row: int) -> str:
            return f"{rows.long[row]:.16g}, {rows.lat[row]:.16g}".replace("nan", "?")

        wrong = np.isnan(x) & ~empty & ~rows.is_place
        yield from self._run(Code.BAL_COORDINATES, "long", wrong, lambda row: Described(place(row)))
        distances = np.hypot(rows.x - x, rows.y - y)

        def describe(row: int) -> Described:
            distance = round(min(float(distances[row]), _FAR_METRES))
            details = {"distance": distance, "x": float(x[row]), "y": float(y[row])}
            return Described(place(row), details=details)

        apart = (distances > TOLERANCE_METRES) & ~empty
        yield from self._run(Code.BAL_COORDINATES_APART, "x", apart, describe)

    def _former_communes(self, rows: Addresses) -> Runs:
        if rows.former_commune.null_count() == len(rows.former_commune):
            return
        strange = _pairs(rows.commune, rows.former_commune, self._is_elsewhere)
        yield from self._run(
            Code.BAL_FORMER_COMMUNE_ELSEWHERE,
            "commune_deleguee_insee",
            strange & ~rows.doubtful_communes,
            lambda row: Described(rows.former_commune[row], details={"code": rows.commune[row]}),
        )

    def _is_elsewhere(self, commune: str, former: str) -> bool:
        """Nothing is said of a commune that is not one of today: it has its own finding."""
        return commune in self._communes.names and commune not in (former, self._communes.former.get(former))

    def _identifiers(self, rows: Addresses) -> Runs:
        identifiers = (rows.commune_id, rows.street_id, rows.address_id)
        lacking = [each.null_count() for each in identifiers]
        if not any(lacking) or min(lacking) == len(rows.number):
            return
        no_commune, no_street, no_address = (each.is_null().to_numpy() for each in identifiers)
        some = ~(no_commune & no_street & no_address)
        partial = some & (no_commune | no_street | (no_address & ~rows.is_place))
        yield from self._run(Code.BAL_PARTIAL_IDS, "id_ban_adresse", partial, lambda _: Described())


def _pairs(left: pl.Series, right: pl.Series, wrong: Callable[[str, str], bool]) -> Mask:
    """The rows whose pair of texts is wrong; each distinct pair is asked once, and null makes no pair."""
    nobody: Mask = np.zeros(len(left), dtype=np.bool_)
    if left.null_count() == len(left) or right.null_count() == len(right):
        return nobody
    pairs = pl.DataFrame([left.rename("left"), right.rename("right")])
    known = pairs.unique().drop_nulls()
    found = [pair for pair in known.iter_rows() if wrong(*pair)]
    if not found:
        return nobody
    table = pl.DataFrame(found, schema=pairs.schema, orient="row").with_columns(wrong=pl.lit(value=True))
    joined = pairs.join(table, on=["left", "right"], how="left", maintain_order="left")
    mask: Mask = joined["wrong"].fill_null(value=False).to_numpy()
    return mask


def _none(rows: Addresses) -> Mask:
    return np.zeros(len(rows.number), dtype=np.bool_)
