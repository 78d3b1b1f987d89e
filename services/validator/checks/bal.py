"""Base adresse locale: the national judge of addresses, by columns.

validateur-bal's errors decide the verdict. Which version of the format a file follows is told from its columns as that
judge does (three BAN identifiers and `toponyme` → 1.5; the three identifiers → 1.4; else 1.3); its rules on cells
(`bal_cells`), rows (`bal_rows`) and the file as a whole (`bal_file`) are applied with the levels of that version.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from services.validator.checks.bal_cells import (
    AddressColumn,
    Cells,
    ColumnReader,
    Proof,
    first_of,
    nothing,
    proof_of,
)
from services.validator.checks.bal_communes import geographic_code
from services.validator.checks.bal_fields import Reader
from services.validator.checks.bal_file import FileRules
from services.validator.checks.bal_keys import (
    communes_of_keys,
    numbers_of_keys,
    proven_key,
    proven_uid,
    streets_of_keys,
    uid_parts,
)
from services.validator.checks.bal_levels import FIELDS, LANGUAGES, TRANSLATED, severity_of
from services.validator.checks.bal_projection import Floats
from services.validator.checks.bal_rows import UNREAD, Addresses, Mask, RowRules
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


def blank_row_severity(schema_name: str, *, corrections: bool) -> Severity:
    """Frictionless makes an empty line an error. The judge of addresses skips it, and so does whoever corrects:
    spreadsheets write them at the end of every file, and a workbook is read without them."""
    return Severity.INFO if corrections or schema_name == SCHEMA_NAME else Severity.ERROR


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
            "cle_interop": lambda texts: proven_key(texts, communes),
            "uid_adresse": proven_uid,
        }
        self._readers = {
            column.label: ColumnReader(
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
        batch = _Batch(self._read(texts), len(lines))
        runs: list[FaultRun] = []
        for label, reader in self._readers.items():
            runs.extend(reader.runs(batch.cells[label]))
        addresses = batch.addresses()
        runs.extend(self._row_rules.runs(addresses))
        self._file_rules.add(lines, addresses)
        return runs

    def _read(self, texts: Sequence[pl.Series]) -> dict[str, Cells]:
        """One pass over the columns for all of them."""
        frame = pl.DataFrame([_present(texts[at]).alias(column.label) for column, at in self._positions.items()])
        prepared = {label: reader.prepare(pl.col(label)) for label, reader in self._readers.items()}
        values = frame.select(each.values.alias(label) for label, each in prepared.items() if each.values is not None)
        proofs = frame.select(each.proof.alias(label) for label, each in prepared.items() if each.proof is not None)
        distinct = frame.select(
            each.distinct.alias(label) for label, each in prepared.items() if each.distinct is not None
        )
        return {
            label: reader.read(
                frame[label],
                values[label] if label in values.columns else None,
                (proofs if label in proofs.columns else distinct)[label],
            )
            for label, reader in self._readers.items()
        }

    def finish(self) -> tuple[list[Fault], list[FaultRun], Lines]:
        """After the last batch: faults of the file, runs over all its rows, and the lines of those rows."""
        return self._file_rules.finish()


class _Batch:
    """The columns of a batch, read."""

    def __init__(self, cells: Mapping[str, Cells], rows: int) -> None:
        self.cells = cells
        self.rows = rows

    def values(self, name: str, dtype: type[pl.DataType] = pl.String) -> pl.Series:
        """What a column says; nulls when the file does not have it."""
        return self.cells[name].values if name in self.cells else nothing(self.rows, dtype)

    def floats(self, name: str) -> Floats:
        """What a column of numbers says, NaN for null."""
        if name not in self.cells:
            return np.full(self.rows, np.nan)
        return self.cells[name].values.to_numpy()

    def lacks(self, name: str) -> Mask:
        """Where the cell is empty, or the column absent."""
        if name not in self.cells:
            return np.ones(self.rows, dtype=np.bool_)
        return (self.cells[name].texts == "").to_numpy()

    def faulty(self, name: str) -> Mask:
        """Where the cell has a fault."""
        cells = self.cells.get(name)
        if cells is None or not cells.faulty:
            return np.zeros(self.rows, dtype=np.bool_)
        return cells.texts.is_in(cells.faulty).to_numpy()

    def addresses(self) -> Addresses:
        """What the columns say together."""
        key = self.values("cle_interop")
        keys = self.cells.get("cle_interop")
        commune = self.values("commune_insee")
        has_own = not commune.null_count()
        ids = self._identifiers()
        return Addresses(
            number=self.values("numero", pl.Int64).fill_null(UNREAD).to_numpy(),
            suffix=self.values("suffixe"),
            street=first_of([self.values("voie_nom"), self.values("toponyme")]),
            complement=self.values("lieudit_complement_nom"),
            commune=commune if keys is None or has_own else first_of([commune, communes_of_keys(keys)]),
            commune_name=self.values("commune_nom"),
            former_commune=self.values("commune_deleguee_insee"),
            doubtful_communes=self.faulty("commune_insee") | self.faulty("commune_deleguee_insee"),
            has_commune=(commune.is_not_null() | key.is_not_null()).to_numpy(),
            key=key,
            key_number=nothing(self.rows, pl.Int64) if keys is None else numbers_of_keys(keys),
            key_street=nothing(self.rows) if keys is None else streets_of_keys(keys),
            long=self.floats("long"),
            lat=self.floats("lat"),
            x=self.floats("x"),
            y=self.floats("y"),
            lacks_position=self.lacks("position"),
            lacks_coordinates=self.lacks("long") | self.lacks("lat"),
            commune_id=ids[0],
            street_id=ids[1],
            address_id=ids[2],
        )

    def _identifiers(self) -> list[pl.Series]:
        """Of the commune, the street and the address: columns first, else the parts of `uid_adresse`."""
        own = [self.values(name) for name in BAN_IDENTIFIERS]
        if "uid_adresse" not in self.cells:
            return own
        return [first_of(pair) for pair in zip(own, uid_parts(self.cells["uid_adresse"]), strict=True)]


def _present(texts: pl.Series) -> pl.Series:
    return texts.fill_null("") if texts.null_count() else texts
