"""What only versions of some modes promise: rows put in, rows taken away, rows of an older version."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from services.cli.verify.content import fetch_blob, table_of
from services.cli.verify.look import Look
from services.cli.verify.versions import all_tables
from shared.blobs import Blobs
from shared.places import place


@dataclass(frozen=True, slots=True)
class Part:
    """The canonical table of an `upsert` or `delete`, and the rows of its slices as of the version it led to."""

    subject: str
    name: str
    mode: str
    has_identity: bool
    published: frozenset[tuple[str, str, str]]
    """Slice, key hash, row hash."""


async def list_parts(look: Look) -> list[Part]:
    """For each deposit that put rows in or took rows away."""
    deposits = await look.rows("""
        SELECT d.id, d.mode, s.number AS dataset_number, s.id AS dataset_id, s.schema_name, v.number, v.publication,
               r.table_sha256, r.slices, CASE WHEN d.trial_of IS NOT NULL THEN d.id END AS trial
        FROM ingest.deposit AS d
        JOIN catalog.version AS v ON v.dataset_id = d.dataset_id AND v.number = d.dataset_version
        JOIN catalog.dataset AS s ON s.id = v.dataset_id
        JOIN validator.validation_report AS r ON r.deposit_id = d.id
        WHERE d.state IN ('published', 'unchanged') AND r.table_sha256 IS NOT NULL AND d.mode <> 'replace'
          AND v.purged_at IS NULL
    """)
    parts = []
    for row in deposits:
        table = table_of(look, row)
        published = await look.rows(
            f"""SELECT slice, key_hash::text AS key_hash, row_hash::text AS row_hash FROM {table.qualified}
                WHERE dataset_id = :number AND slice = ANY(:slices)
                  AND from_publication <= :publication AND (to_publication IS NULL OR to_publication > :publication)
            """,  # noqa: S608 - a table of ours
            number=row["dataset_number"],
            slices=list(row["slices"] or []),
            publication=row["publication"],
        )
        rows = frozenset((one["slice"], one["key_hash"], one["row_hash"]) for one in published)
        subject = f"{row['dataset_id']}, version {row['number']}, dépôt {row['id']}"
        name = place("tables", trial=row["trial"]).name(row["table_sha256"])
        parts.append(Part(subject, name, row["mode"], bool(table.identity), rows))
    return parts


async def check_part(look: Look, blobs: Blobs, part: Part) -> None:
    """(6) Every row put in is there; no row taken away still is (equal rows without identity may be)."""
    if part.mode == "delete" and not part.has_identity:
        return
    with tempfile.TemporaryDirectory(prefix="socle-verify-") as folder:
        path = await fetch_blob(blobs, part.name, Path(folder) / "table.parquet")
        given = await asyncio.to_thread(_read_hashes, path)
    if part.mode == "upsert":
        missing = len(given - part.published)
        detail = f"{missing} ligne(s) déposée(s) en « upsert » ne sont pas dans la version"
    else:
        present = {(piece, key) for piece, key, _ in part.published}
        missing = len({(piece, key) for piece, key, _ in given} & present)
        detail = f"{missing} ligne(s) déposée(s) en « delete » sont encore dans la version"
    if missing:
        look.broken("versions-kept", part.subject, detail)


def _read_hashes(path: Path) -> set[tuple[str, str, str]]:
    table = pl.read_parquet(path, columns=["_slice", "_key_hash", "_row_hash"])
    dashed = [_dashed(name) for name in ("_key_hash", "_row_hash")]
    return set(table.select("_slice", *dashed).iter_rows())


def _dashed(name: str) -> pl.Expr:
    """As PostgreSQL writes a UUID, whether it was written with or without dashes."""
    digits = pl.col(name).str.replace_all("-", "")
    lengths = (8, 4, 4, 4, 12)
    starts = [sum(lengths[:rank]) for rank in range(len(lengths))]
    pieces = [digits.str.slice(start, length) for start, length in zip(starts, lengths, strict=True)]
    return pl.concat_str(pieces, separator="-").alias(name)


async def check_rollbacks(look: Look) -> None:
    """(6) A version that goes back has the rows of the version it names; a withdrawal has none."""
    await look.each_breaks(
        "versions-kept",
        "version {number}, retrait : il reste {rows} ligne(s)",
        "SELECT dataset_id, number, rows FROM catalog.version WHERE mode = 'withdrawal' AND rows <> 0",
    )
    for table in await all_tables(look):
        await look.each_breaks(
            "versions-kept",
            "version {number} : n'a pas les lignes de la version {equals_number} à laquelle elle revient",
            f"""SELECT v.dataset_id, v.number, v.equals_number
                FROM catalog.version AS v JOIN catalog.dataset AS d ON d.id = v.dataset_id
                JOIN catalog.version AS o ON o.dataset_id = v.dataset_id AND o.number = v.equals_number
                WHERE d.schema_name = :schema AND (d.trial_of IS NOT NULL) = :trials
                  AND o.purged_at IS NULL AND EXISTS (
                    SELECT slice, key_hash, row_hash, occurrence FROM {table.qualified} AS r
                    WHERE r.dataset_id = d.number AND (
                        (from_publication <= o.publication AND coalesce(to_publication > o.publication, true))
                        <> (from_publication <= v.publication AND coalesce(to_publication > v.publication, true)))
                    GROUP BY 1, 2, 3, 4
                    HAVING sum(CASE WHEN from_publication <= o.publication
                                     AND coalesce(to_publication > o.publication, true) THEN 1 ELSE -1 END) <> 0)
            """,  # noqa: S608 - a table of ours
            schema=table.schema_name,
            trials=table.place == "trials",
        )
