"""What versions are made of, compared with the bytes they come from and the bytes they were written to."""

import asyncio
import csv
import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from services.cli.verify.look import Look, Promise
from shared.blobs import BlobMissing, Blobs
from shared.places import FOLDERS, place
from shared.rows import RowTable, row_table

Counts = dict[str, tuple[int, int]]
"""Slice → (rows, sum of the first 32 bits of their row hashes)."""

LONGEST_CELL_CHARACTERS = 1 << 30
"""What we published must be readable, whatever its size."""


@dataclass(frozen=True, slots=True)
class Source:
    """A canonical table, and what the row table held of the same slices as of the publication it led to."""

    subject: str
    name: str
    published: Counts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The file of a version, and its number of rows."""

    subject: str
    name: str
    rows: int


async def list_sources(look: Look) -> list[Source]:
    """For each `replace` that is the content of a version (published in it, or found unchanged from it)."""
    deposits = await look.rows("""
        SELECT d.id, s.number AS dataset_number, s.id AS dataset_id, s.schema_name, v.number, v.publication,
               r.table_sha256, r.slices, CASE WHEN d.trial_of IS NOT NULL THEN d.id END AS trial
        FROM ingest.deposit AS d
        JOIN catalog.version AS v ON v.dataset_id = d.dataset_id AND v.number = d.dataset_version
        JOIN catalog.dataset AS s ON s.id = v.dataset_id
        JOIN validator.validation_report AS r ON r.deposit_id = d.id
        WHERE d.state IN ('published', 'unchanged') AND r.table_sha256 IS NOT NULL AND d.mode = 'replace'
          AND v.purged_at IS NULL
    """)
    sources = []
    for row in deposits:
        table = table_of(look, row)
        counted = await look.rows(
            f"""SELECT slice, count(*) AS rows,
                       sum(('x' || left(row_hash::text, 8))::bit(32)::bigint)::bigint AS mark
                FROM {table.qualified} WHERE dataset_id = :number AND slice = ANY(:slices)
                  AND from_publication <= :publication AND (to_publication IS NULL OR to_publication > :publication)
                GROUP BY slice""",  # noqa: S608 - a table of ours
            number=row["dataset_number"],
            slices=list(row["slices"] or []),
            publication=row["publication"],
        )
        published = {one["slice"]: (one["rows"], one["mark"]) for one in counted}
        subject = f"{row['dataset_id']}, version {row['number']}, dépôt {row['id']}"
        sources.append(Source(subject, place("tables", trial=row["trial"]).name(row["table_sha256"]), published))
    return sources


def table_of(look: Look, row: Mapping[str, Any]) -> RowTable:
    """Where the rows of a deposit are. `row`: `schema_name`, `trial` (None: no trial)."""
    table = row_table(look.registry, row["schema_name"])
    return table if row["trial"] is None else table.for_trials


async def list_snapshots(look: Look) -> list[Snapshot]:
    """The file of every version."""
    rows = await look.rows(
        "SELECT dataset_id, number, snapshot_sha256, rows FROM catalog.version WHERE purged_at IS NULL"
    )
    return [
        Snapshot(
            f"{row['dataset_id']}, version {row['number']}",
            f"snapshots/{row['dataset_id']}/{row['snapshot_sha256']}.csv",
            row["rows"],
        )
        for row in rows
    ]


async def check_promises(look: Look, blobs: Blobs) -> set[str]:
    """Hash each promised blob once; returns the names of those that are whole."""
    found: dict[str, tuple[str, int] | None] = {}
    for promise in look.promises:
        if promise.name not in found:
            found[promise.name] = await _identify(blobs, promise.name)
        _compare(look, promise, found[promise.name])
    return {name for name, identity in found.items() if identity is not None and identity[0] in name}


def _compare(look: Look, promise: Promise, identity: tuple[str, int] | None) -> None:
    if identity is None:
        look.broken(promise.invariant, promise.subject, f"le fichier {promise.name} n'existe pas")
        return
    sha256, size_bytes = identity
    if sha256 != promise.sha256:
        look.broken(promise.invariant, promise.subject, f"le fichier {promise.name} n'a pas les octets de son nom")
    if promise.size_bytes is not None and size_bytes != promise.size_bytes:
        detail = f"le fichier {promise.name} a {size_bytes} octets, {promise.size_bytes} sont annoncés"
        look.broken(promise.invariant, promise.subject, detail)


async def _identify(blobs: Blobs, name: str) -> tuple[str, int] | None:
    digest, size_bytes = hashlib.sha256(), 0
    try:
        async for chunk in blobs.read(name):
            digest.update(chunk)
            size_bytes += len(chunk)
    except BlobMissing:
        return None
    return digest.hexdigest(), size_bytes


async def check_source(look: Look, blobs: Blobs, source: Source) -> None:
    """(6) What was published is the canonical table, slice by slice."""
    with tempfile.TemporaryDirectory(prefix="socle-verify-") as folder:
        path = await fetch_blob(blobs, source.name, Path(folder) / "table.parquet")
        expected = await asyncio.to_thread(_count_table, path)
    for piece in sorted({*expected, *source.published}):
        wanted, found = expected.get(piece, (0, 0)), source.published.get(piece, (0, 0))
        if wanted != found:
            named = f"période « {piece} » : " if piece else ""
            what = "autres lignes" if wanted[0] == found[0] else f"{found[0]} lignes"
            look.broken("versions-kept", source.subject, f"{named}{what} publiées pour {wanted[0]} déposées")


def _count_table(path: Path) -> Counts:
    mark = pl.col("_row_hash").str.slice(0, 8).str.to_integer(base=16, dtype=pl.Int64).sum()
    counted = pl.scan_parquet(path).group_by("_slice").agg(pl.len().alias("rows"), mark.alias("mark")).collect()
    return {piece: (rows, total) for piece, rows, total in counted.select("_slice", "rows", "mark").iter_rows()}


async def check_snapshot(look: Look, blobs: Blobs, snapshot: Snapshot) -> None:
    """(6) The file of a version has a header and one record per row."""
    with tempfile.TemporaryDirectory(prefix="socle-verify-") as folder:
        path = await fetch_blob(blobs, snapshot.name, Path(folder) / "snapshot.csv")
        records = await asyncio.to_thread(_count_records, path)
    if records != snapshot.rows:
        detail = f"le fichier {snapshot.name} a {records} enregistrements pour {snapshot.rows} lignes"
        look.broken("versions-kept", snapshot.subject, detail)


def _count_records(path: Path) -> int:
    csv.field_size_limit(LONGEST_CELL_CHARACTERS)
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file, strict=True)) - 1


async def fetch_blob(blobs: Blobs, name: str, path: Path) -> Path:
    """Copy a blob to a file."""
    file = await asyncio.to_thread(path.open, "wb")
    with file:
        async for chunk in blobs.read(name):
            await asyncio.to_thread(file.write, chunk)
    return path


async def orphans(look: Look, blobs: Blobs) -> list[str]:
    """Blobs that no record names: an upload cut short, a publication that lost its turn. Not a fault."""
    named = {promise.name for promise in look.promises}
    found = [name for folder in (*FOLDERS, "snapshots") for name in await blobs.names(folder)]
    return [name for name in found if name not in named] + await blobs.names("incoming")
