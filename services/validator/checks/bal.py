"""Base adresse locale: the national judge of addresses, by columns.

validateur-bal's errors decide the verdict. Which version of the format a file follows is told from its columns as that
judge does (three BAN identifiers and `toponyme` → 1.5; the three identifiers → 1.4; else 1.3); its rules on cells
(`bal_cells`), rows (`bal_rows`) and the file as a whole (`bal_file`) are applied with the levels of that version.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from services.validator.checks.bal_cells import (
    AddressColumn,
    Cells,
    ColumnReader,
    Proof,
    first_of,
    nothing,
    proof_of,
    replaced,
)
from services.validator.checks.bal_communes import geographic_code
from services.validator.checks.bal_fields import Reader
from services.validator.checks.bal_file import FileRules
from services.validator.checks.bal_keys import key_parts, proven_keys, proven_uids, uid_parts
from services.validator.checks.bal_levels import FIELDS, LANGUAGES, TRANSLATED, severity_of
from services.validator.checks.bal_names import comparable
from services.validator.checks.bal_rows import Addresses, RowRules
from services.validator.checks.chunk import Fault, FaultRun
from services.validator.findings import FindingCode as Code
from services.validator.findings import Severity
from services.validator.standardise.headers import folded
from services.validator.tally import Lines

SCHEMA_NAME = "etalab/schema-bal"

BAN_IDENTIFIERS = ("id_ban_commune", "id_ban_toponyme", "id_ban_adresse")


def version_of(labels: Iterable[str], *, exact: bool = False) -> str:
    """The version whose profile validateur-bal would choose for this header; `exact`: its very names only."""
    columns = set(labels) if exact else {folded(label) for label in labels}
    wanted = set(BAN_IDENTIFIERS) if exact else {folded(name) for name in BAN_IDENTIFIERS}
    if not columns >= wanted:
        return "1.3.0"
    return "1.5.0" if "toponyme" in columns else "1.4.0"


def blank_row_severity(schema_name: str) -> Severity:
    """Frictionless makes an empty line an error; the judge of addresses skips it."""
    return Severity.INFO if schema_name == SCHEMA_NAME else Severity.ERROR


def address_columns(
    matched: Mapping[str, int], extra: Iterable[tuple[int, str]], *, exact: bool = False
) -> dict[AddressColumn, int]:
    """Which 0-based columns of the file that judge reads.

    `matched`: columns of the schema; `extra`: position and label of the others, among which columns of other versions
    and of regional languages.
    """
    found = {AddressColumn(name, name): at for name, at in matched.items() if name in FIELDS}
    others = {label if exact else folded(label): at for at, label in reversed(tuple(extra))}
    for name in FIELDS:
        at = others.get(name if exact else folded(name))
        if at is not None:
            found.setdefault(AddressColumn(name, name), at)
    for name in TRANSLATED:
        for language in LANGUAGES if AddressColumn(name, name) in found else ():
            label = f"{name}_{language}"
            at = others.get(label if exact else folded(label))
            if at is not None:
                found[AddressColumn(label, name, language)] = at
    return found


def faults_of_form(*, encoding: str | None, delimiter: str | None, version: str, mended: bool) -> Iterator[Fault]:
    """The form of a CSV file. `mended`: what is published will be in the right one, which makes it a warning."""
    wrong = []
    if encoding is not None and encoding.lower().replace("-sig", "") not in ("utf-8", "utf8", "ascii"):
        wrong.append((Code.BAL_ENCODING, encoding))
    if delimiter is not None and delimiter != ";":
        wrong.append((Code.BAL_DELIMITER, "tabulation" if delimiter == "\t" else delimiter))
    for code, value in wrong:
        severity = Severity.WARNING if mended else severity_of(code, None, version=version)
        yield Fault(1, code, severity, None, value)


@dataclass(frozen=True, slots=True)
class AddressFile:
    """What the rules need to know of a file before its rows."""

    columns: Mapping[AddressColumn, int]
    header_line: int
    version: str
    today: date
    """Of the receipt: a date of update after it is in the future."""


class AddressRules:
    """The rules of addresses, batch after batch; made once per file."""

    def __init__(self, file: AddressFile) -> None:
        communes = geographic_code()
        reader = Reader(communes, file.today)
        proofs: dict[str, Proof | None] = {
            "cle_interop": lambda texts: proven_keys(texts, communes),
            "uid_adresse": proven_uids,
        }
        self._readers = {
            column: ColumnReader(
                column, reader, version=file.version, proof=proofs.get(column.field) or proof_of(column.field)
            )
            for column in file.columns
        }
        self._positions = file.columns
        self._row_rules = RowRules(communes, version=file.version)
        street = "toponyme" if AddressColumn("voie_nom", "voie_nom") not in file.columns else "voie_nom"
        self._file_rules = FileRules(file.version, street, file.header_line)

    def check(self, texts: Sequence[pl.Series], lines: pl.Series) -> list[FaultRun]:
        """Faults of the cells and rows of a batch. `texts`: its columns by position, String; null counts as empty."""
        batch = _Batch(len(lines))
        runs: list[FaultRun] = []
        for column, reader in self._readers.items():
            cells_of = texts[self._positions[column]].fill_null("")
            cells = reader.read(cells_of)
            runs.extend(reader.runs(cells_of, cells))
            batch.read[column.label] = (cells_of, cells)
        addresses = batch.addresses()
        runs.extend(self._row_rules.runs(addresses))
        self._file_rules.add(lines, addresses)
        return runs

    def finish(self) -> tuple[list[Fault], list[FaultRun], Lines]:
        """After the last batch: faults of the file, runs over all its rows, and the lines of those rows."""
        return self._file_rules.finish()


class _Batch:
    """The columns of a batch, read."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.read: dict[str, tuple[pl.Series, Cells]] = {}

    def values(self, name: str, dtype: type[pl.DataType] = pl.String) -> pl.Series:
        """What a column says; nulls when the file does not have it."""
        if name not in self.read:
            return nothing(self.rows, dtype)
        return self.read[name][1].values

    def lacks(self, name: str) -> pl.Series:
        """Where the cell is empty, or the column absent."""
        if name not in self.read:
            return pl.repeat(value=True, n=self.rows, dtype=pl.Boolean, eager=True)
        return self.read[name][0] == ""

    def faulty(self, name: str) -> pl.Series:
        """Where the cell has a fault."""
        texts, cells = self.read.get(name, (None, None))
        if texts is None or cells is None or not len(cells.faulty):
            return pl.repeat(value=False, n=self.rows, dtype=pl.Boolean, eager=True)
        return texts.is_in(cells.faulty.implode())

    def addresses(self) -> Addresses:
        """What the columns say together."""
        key = self.values("cle_interop")
        parts = key_parts(*self.read["cle_interop"]) if "cle_interop" in self.read else None
        street = first_of([self.values("voie_nom"), self.values("toponyme")])
        complement = self.values("lieudit_complement_nom")
        commune = self.values("commune_insee")
        ids = self._identifiers()
        return Addresses(
            number=self.values("numero", pl.Int64),
            suffix=self.values("suffixe"),
            street=street,
            comparable_street=_comparable(street),
            complement=complement,
            comparable_complement=_comparable(complement),
            commune=commune if parts is None else first_of([commune, parts.commune]),
            commune_name=self.values("commune_nom"),
            former_commune=self.values("commune_deleguee_insee"),
            doubtful_communes=self.faulty("commune_insee") | self.faulty("commune_deleguee_insee"),
            has_commune=commune.is_not_null() | key.is_not_null(),
            key=key,
            key_number=nothing(self.rows, pl.Int64) if parts is None else parts.number,
            key_street=nothing(self.rows) if parts is None else parts.street,
            long=self.values("long", pl.Float64),
            lat=self.values("lat", pl.Float64),
            x=self.values("x", pl.Float64),
            y=self.values("y", pl.Float64),
            lacks_position=self.lacks("position"),
            lacks_coordinates=self.lacks("long") | self.lacks("lat"),
            commune_id=ids[0],
            street_id=ids[1],
            address_id=ids[2],
        )

    def _identifiers(self) -> list[pl.Series]:
        """Of the commune, the street and the address: columns first, else the parts of `uid_adresse`."""
        own = [self.values(name) for name in BAN_IDENTIFIERS]
        if "uid_adresse" not in self.read:
            return own
        return [first_of(pair) for pair in zip(own, uid_parts(*self.read["uid_adresse"]), strict=True)]


def _comparable(names: pl.Series) -> pl.Series:
    """Never null: what cannot be read compares as nothing."""
    if names.null_count() == len(names):
        return pl.repeat("", len(names), dtype=pl.String, eager=True)
    known = {name: comparable(name) for name in names.unique().to_list() if name is not None}
    return replaced(names, known, default=None).fill_null("")
