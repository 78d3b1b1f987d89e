"""What the addresses of a whole file say together: identifiers against names, complements against declared places.

Rows of a batch are kept as numbers (some 50 bytes each): hashes of 64 bits stand for texts. Two texts of one file that
share a hash are less likely than a fault of the machine (1 in 10^6 for five million rows), and the hash is fixed: same
bytes, same verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from services.validator.checks.bal_fields import PLACE
from services.validator.checks.bal_levels import severity_of
from services.validator.checks.bal_names import comparable
from services.validator.checks.bal_rows import UNREAD, Addresses
from services.validator.checks.chunk import Described, Fault, FaultRun, places, run_of
from services.validator.findings import FindingCode as Code
from services.validator.tally import Lines

_SEED = 1789
_NULL = pl.Series([None], dtype=pl.UInt64)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_IDENTIFIERS = ("street_id", "address_id")


@dataclass(slots=True)
class FileRules:
    """Gathers the rows of a file; `finish` judges them."""

    version: str
    street_column: str
    header_line: int
    _kept: list[pl.DataFrame] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    """Hash of a street or complement → its text."""
    _commune_ids: set[str] = field(default_factory=set)
    _complete: int = 0
    _rows: int = 0

    def add(self, lines: pl.Series, rows: Addresses) -> None:
        """Keep what is needed of a batch."""
        self._rows += len(lines)
        self._count_identifiers(rows)
        self._remember(rows.street)
        self._remember(rows.complement)
        texts = {
            "street": rows.street,
            "complement": rows.complement,
            "key_street": rows.key_street,
            "street_id": rows.street_id,
            "address_id": rows.address_id,
        }
        self._kept.append(
            pl.DataFrame(
                [
                    lines.alias("line"),
                    pl.Series("number", rows.number, dtype=pl.UInt32),
                    _hash_of_both(rows.suffix, rows.former_commune).alias("rest"),
                    *(_hash(series).alias(name) for name, series in texts.items()),
                ]
            )
        )

    def finish(self) -> tuple[list[Fault], list[FaultRun], Lines]:
        """Faults of the file, runs over all its rows, and the lines of these."""
        faults = list(self._faults_of_the_file())
        if all(batch.schema[name] == pl.Null for batch in self._kept for name in ("complement", *_IDENTIFIERS)):
            return faults, [], np.array([], dtype=np.int64)
        rows = pl.DataFrame([self._whole(name) for name in self._kept[0].columns])
        runs = [*self._identifier_runs(rows), *self._complement_runs(rows)]
        return faults, runs, rows["line"].to_numpy()

    def _whole(self, name: str) -> pl.Series:
        """A column of all rows: what was kept of it is given up, so that it is in memory once only."""
        parts = [batch.drop_in_place(name).to_frame() for batch in self._kept]
        return pl.concat(parts, how="vertical_relaxed", rechunk=True).to_series()

    def _count_identifiers(self, rows: Addresses) -> None:
        """As the national judge: rows with all their identifiers."""
        if rows.commune_id.null_count() == len(rows.commune_id):
            return
        complete = rows.commune_id.is_not_null() & rows.street_id.is_not_null()
        complete &= rows.address_id.is_not_null() | pl.Series(rows.is_place)
        self._complete += int(complete.sum())
        self._commune_ids.update(rows.commune_id.filter(complete).unique().to_list())

    def _faults_of_the_file(self) -> Iterator[Fault]:
        if self._complete == self._rows and len(self._commune_ids) > 1:
            yield self._fault(Code.BAL_SEVERAL_COMMUNE_IDS, "id_ban_commune", len(self._commune_ids))
        elif 0 < self._complete < self._rows:
            yield self._fault(Code.BAL_IDS_EVERYWHERE, "id_ban_adresse", self._rows - self._complete)

    def _fault(self, code: Code, column: str, count: int) -> Fault:
        severity = severity_of(code, None, version=self.version)
        return Fault(self.header_line, code, severity, column, None, None, {"count": count})

    def _identifier_runs(self, rows: pl.DataFrame) -> Iterator[FaultRun]:
        if all(rows[name].null_count() == rows.height for name in _IDENTIFIERS):
            return
        comparable_streets = self._comparable(rows["street"])
        yield from self._street_runs(rows, comparable_streets)
        yield from self._address_runs(rows, comparable_streets)

    def _street_runs(self, rows: pl.DataFrame, comparable_streets: pl.Series) -> Iterator[FaultRun]:
        identified = rows["street_id"].is_not_null()
        if not identified.any():
            return
        names = comparable_streets
        if rows["key_street"].null_count() < rows.height:
            names = _mixed(names, rows["key_street"])
        wrong = in_conflict(rows["street_id"], names, among=identified)
        yield from self._run(Code.BAL_NAMES_OF_STREET_ID, self.street_column, wrong, rows)
        kind = _mixed(names, rows["number"] == PLACE)
        wrong = in_conflict(kind, rows["street_id"], among=identified)
        yield from self._run(Code.BAL_IDS_OF_STREET_NAME, "id_ban_toponyme", wrong, rows)

    def _address_runs(self, rows: pl.DataFrame, comparable_streets: pl.Series) -> Iterator[FaultRun]:
        identified = rows["address_id"].is_not_null()
        if not identified.any():
            return
        addresses = rows["number"] != PLACE
        names = _mixed(_mixed(comparable_streets, rows["rest"]), rows["number"])
        wrong = in_conflict(rows["address_id"], names, among=addresses & identified)
        yield from self._run(Code.BAL_ADDRESSES_OF_ID, "id_ban_adresse", wrong, rows)
        wrong = in_conflict(names, rows["address_id"].fill_null(0), among=addresses)
        yield from self._run(Code.BAL_IDS_OF_ADDRESS, "id_ban_adresse", wrong, rows)

    def _complement_runs(self, rows: pl.DataFrame) -> Iterator[FaultRun]:
        named = rows["complement"].is_not_null()
        if not named.any():
            return
        declared = rows["street"].filter(rows["number"] == PLACE).unique()
        wrong = named & ~rows["complement"].is_in(declared.implode()).fill_null(value=False)
        at = places(wrong)
        severity = severity_of(Code.BAL_COMPLEMENT_UNDECLARED, None, version=self.version)
        complements = rows["complement"].gather(at)
        yield from run_of(
            Code.BAL_COMPLEMENT_UNDECLARED,
            severity,
            "lieudit_complement_nom",
            at,
            lambda rank: Described(self._names.get(complements[rank])),
        )

    def _run(self, code: Code, column: str, wrong: pl.Series, rows: pl.DataFrame) -> Iterator[FaultRun]:
        at = places(wrong)
        if not len(at):
            return
        told = rows.select("street", "number")[at]
        with_number = code in (Code.BAL_ADDRESSES_OF_ID, Code.BAL_IDS_OF_ADDRESS)

        def describe(rank: int) -> Described:
            street, number = told.row(rank)
            name = self._names.get(street, "")
            return Described(f"{number} {name}" if with_number and number != UNREAD else name)

        yield from run_of(code, severity_of(code, None, version=self.version), column, at, describe)

    def _remember(self, names: pl.Series) -> None:
        if names.null_count() < len(names):
            distinct = names.unique().drop_nulls()
            self._names.update(zip(distinct.hash(_SEED).to_list(), distinct.to_list(), strict=True))

    def _comparable(self, streets: pl.Series) -> pl.Series:
        """Hashes of streets → hashes of what makes two of them the same."""
        if streets.null_count() == len(streets):
            return pl.repeat(_hash_of_nothing(), len(streets), dtype=pl.UInt64, eager=True)
        texts = pl.Series([comparable(name) for name in self._names.values()], dtype=pl.String)
        known = pl.Series(list(self._names), dtype=pl.UInt64)
        same = streets.replace_strict(known, texts.hash(_SEED), default=None, return_dtype=pl.UInt64)
        return same.fill_null(_hash_of_nothing())


def in_conflict(groups: pl.Series, values: pl.Series, *, among: pl.Series) -> pl.Series:
    """Which rows are in a group that holds several values. `among`: the rows that count."""
    everything = bool(among.all())
    kept_groups = groups if everything else groups.filter(among)
    kept_values = values if everything else values.filter(among)
    if _mixed(kept_groups, kept_values).n_unique() == kept_groups.n_unique():
        return pl.repeat(value=False, n=len(groups), dtype=pl.Boolean, eager=True)
    pairs = pl.DataFrame({"group": kept_groups, "value": kept_values}).unique()
    torn = pairs["group"].filter(pairs["group"].is_duplicated()).unique()
    return among & groups.is_in(torn.implode()).fill_null(value=False)


def _hash(texts: pl.Series) -> pl.Series:
    """UInt64; null stays null, and a column of nulls takes no room."""
    if texts.null_count() == len(texts):
        return pl.Series([None], dtype=pl.Null).new_from_index(0, len(texts))
    return texts.hash(_SEED) if not texts.null_count() else texts.hash(_SEED).zip_with(texts.is_not_null(), _NULL)


def _hash_of_both(suffix: pl.Series, former: pl.Series) -> pl.Series:
    """UInt64; null where both are."""
    hashes = _hash(suffix), _hash(former)
    lacking = [each.null_count() == len(each) for each in hashes]
    if all(lacking):
        return hashes[0]
    mixed = _mixed(*hashes)
    return mixed.zip_with(suffix.is_not_null() | former.is_not_null(), _NULL)


def _hash_of_nothing() -> int:
    return int(pl.Series([""]).hash(_SEED)[0])


def _mixed(left: pl.Series, right: pl.Series) -> pl.Series:
    """One number for a pair; null is a value like another."""
    first, second = (side.cast(pl.UInt64).fill_null(0).to_numpy() for side in (left, right))
    with np.errstate(over="ignore"):
        mixed = (first ^ (first >> np.uint64(29))) * _MULTIPLIER + second
        return pl.Series((mixed ^ (mixed >> np.uint64(32))) * _MULTIPLIER)
