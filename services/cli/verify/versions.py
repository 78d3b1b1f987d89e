"""Versions: numbering, pointers, and the rows each of them is made of."""

from services.cli.verify.look import Look, Promise
from shared.registry import Registry
from shared.rows import RowTable, row_table


def row_tables(registry: Registry) -> list[RowTable]:
    """The row table of every schema."""
    return [row_table(registry, name) for name in registry.names()]


async def all_tables(look: Look) -> list[RowTable]:
    """The same, and those that trials were made in."""
    tables = row_tables(look.registry)
    made = await look.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'trials'")
    tried = {row["tablename"] for row in made}
    return tables + [table.for_trials for table in tables if table.name in tried]


async def check_pointers(look: Look) -> None:
    """(4) Versions are numbered 1, 2, 3…; publications only grow, and so do deposits of the same slices; the pointer is
    on the last one, nothing that is kept was purged."""
    await look.each_breaks(
        "pointers-forward",
        "version {number} : attendue {rank}, ou publiée dans le désordre",
        """SELECT dataset_id, number, rank FROM (
               SELECT dataset_id, number, row_number() OVER w AS rank,
                      publication <= lag(publication) OVER w OR EXISTS (
                          SELECT FROM catalog.version AS e
                          WHERE e.dataset_id = v.dataset_id AND e.number < v.number
                            AND e.deposit_sequence >= v.deposit_sequence
                            AND (e.whole OR v.whole OR e.slices && v.slices)) AS back
               FROM catalog.version AS v WINDOW w AS (PARTITION BY dataset_id ORDER BY number)
           ) AS numbered WHERE number <> rank OR back""",
    )
    await look.each_breaks(
        "pointers-forward",
        "le pointeur (version {current_version}, publication {current_publication}, {rows} lignes) n'est pas la "
        "dernière version ({number}, {publication}, {last_rows})",
        """SELECT d.id, d.current_version, d.current_publication, d.rows,
                  v.number, v.publication, coalesce(v.rows, 0) AS last_rows
           FROM catalog.dataset AS d
           LEFT JOIN LATERAL (SELECT * FROM catalog.version WHERE dataset_id = d.id ORDER BY number DESC LIMIT 1) AS v
             ON true
           WHERE d.organisation_siren IS NOT NULL
             AND (d.current_version, d.current_publication, d.rows)
                 IS DISTINCT FROM (v.number, v.publication, coalesce(v.rows, 0))""",
    )


async def check_purged(look: Look) -> None:
    """(4) Versions before the oldest readable publication are purged, the others are not."""
    await look.each_breaks(
        "pointers-forward",
        "version {number} : purgée le {purged_at}, alors que la plus ancienne publication lisible est {oldest}",
        """SELECT v.dataset_id, v.number, coalesce(v.purged_at::text, '—') AS purged_at,
                  coalesce(d.oldest_publication::text, '—') AS oldest
           FROM catalog.version AS v JOIN catalog.dataset AS d ON d.id = v.dataset_id
           WHERE (v.purged_at IS NOT NULL) <> (v.publication < coalesce(d.oldest_publication, 0))
              OR v.files_deleted_at IS NOT NULL AND v.purged_at IS NULL""",
    )
    await look.each_breaks(
        "consolidated",
        "lisible depuis la publication {oldest}, une collectivité l'est depuis {own}",
        """SELECT c.id, coalesce(c.oldest_publication, 0) AS oldest, max(d.oldest_publication) AS own
           FROM catalog.dataset AS c JOIN catalog.dataset AS d USING (schema_name)
           WHERE c.organisation_siren IS NULL AND d.organisation_siren IS NOT NULL AND d.trial_of IS NULL
           GROUP BY c.id, c.oldest_publication
           HAVING max(d.oldest_publication) > coalesce(c.oldest_publication, 0)""",
    )


async def check_consolidated(look: Look) -> None:
    """(9) The consolidated data set is the sum of the organisations', and points at their last publication."""
    await look.each_breaks(
        "consolidated",
        "{rows} lignes et publication {current_publication}, pour {own_rows} et {last} chez les organismes",
        """SELECT c.id, c.rows, c.current_publication, coalesce(sum(d.rows), 0) AS own_rows,
                  max(d.current_publication) AS last
           FROM catalog.dataset AS c
           LEFT JOIN catalog.dataset AS d
             ON d.schema_name = c.schema_name AND d.organisation_siren IS NOT NULL AND d.trial_of IS NULL
           WHERE c.organisation_siren IS NULL GROUP BY c.id, c.rows, c.current_publication
           HAVING (c.rows, c.current_publication)
               IS DISTINCT FROM (coalesce(sum(d.rows), 0), max(d.current_publication))""",
    )
    for table in row_tables(look.registry):
        await look.each_breaks(
            "consolidated",
            "annonce {rows} lignes, la table en a {found}",
            f"""SELECT id, rows, (SELECT count(*) FROM {table.qualified} WHERE to_publication IS NULL) AS found
                FROM catalog.dataset WHERE schema_name = :schema AND organisation_siren IS NULL
                  AND rows <> (SELECT count(*) FROM {table.qualified} WHERE to_publication IS NULL)
            """,  # noqa: S608 - a table of ours
            schema=table.schema_name,
        )


async def check_rows(look: Look) -> None:
    """(5) Row tables against versions: counts at each publication, known publications, one row per place."""
    for table in await all_tables(look):
        await _check_counts(look, table)
        await _check_lives(look, table)


async def _check_counts(look: Look, table: RowTable) -> None:
    """`rows` as of each publication follows from what came and what left, since each row lives from one to another.

    The oldest readable version begins with what was there; what came and left before it is no longer known.
    """
    await look.each_breaks(
        "rows-of-versions",
        "version {number} : {rows} lignes (+{rows_inserted} −{rows_closed}) annoncées, {found} (+{came} −{left_}) "
        "dans la table",
        f"""WITH came AS (SELECT r.dataset_id, greatest(r.from_publication, d.oldest_publication) AS publication,
                                 count(*) AS n
                          FROM {table.qualified} AS r LEFT JOIN catalog.dataset AS d ON d.number = r.dataset_id
                          GROUP BY 1, 2),
                 gone AS (SELECT dataset_id, to_publication AS publication, count(*) AS n FROM {table.qualified}
                          WHERE to_publication IS NOT NULL GROUP BY 1, 2),
                 counted AS (
                     SELECT d.id, v.number, v.rows, v.rows_inserted, v.rows_closed,
                            v.publication = coalesce(d.oldest_publication, 0) AS is_oldest,
                            coalesce(came.n, 0) AS came, coalesce(gone.n, 0) AS left_,
                            sum(coalesce(came.n, 0) - coalesce(gone.n, 0))
                                OVER (PARTITION BY d.id ORDER BY v.publication) AS found
                     FROM catalog.dataset AS d JOIN catalog.version AS v ON v.dataset_id = d.id
                     LEFT JOIN came ON came.dataset_id = d.number AND came.publication = v.publication
                     LEFT JOIN gone ON gone.dataset_id = d.number AND gone.publication = v.publication
                     WHERE d.schema_name = :schema AND (d.trial_of IS NOT NULL) = :trials
                       AND v.publication >= coalesce(d.oldest_publication, 0))
            SELECT * FROM counted
            WHERE rows <> found OR NOT is_oldest AND (rows_inserted, rows_closed) <> (came, left_)
        """,  # noqa: S608 - a table of ours
        schema=table.schema_name,
        trials=table.place == "trials",
    )


async def _check_lives(look: Look, table: RowTable) -> None:
    await look.each_breaks(
        "rows-of-versions",
        "{rows} ligne(s) de {table} renvoient à une publication ou à un jeu inconnus",
        f"""WITH known AS (SELECT d.number, v.publication FROM catalog.dataset AS d
                           JOIN catalog.version AS v ON v.dataset_id = d.id
                           WHERE d.schema_name = :schema AND (d.trial_of IS NOT NULL) = :trials)
            SELECT r.dataset_id, count(*) AS rows, CAST(:table AS text) AS table FROM {table.qualified} AS r
            LEFT JOIN known AS f ON (f.number, f.publication) = (r.dataset_id, r.from_publication)
            LEFT JOIN known AS t ON (t.number, t.publication) = (r.dataset_id, r.to_publication)
            WHERE f.number IS NULL OR r.to_publication IS NOT NULL AND t.number IS NULL
            GROUP BY r.dataset_id""",  # noqa: S608 - a table of ours
        schema=table.schema_name,
        table=table.qualified,
        trials=table.place == "trials",
    )
    await look.each_breaks(
        "rows-of-versions",
        "{rows} ligne(s) de {table} en recouvrent une autre de même clé, ou finissent avant de commencer",
        f"""SELECT dataset_id, count(*) AS rows, CAST(:table AS text) AS table FROM (
                SELECT dataset_id, to_publication <= from_publication AS backwards,
                       lag(coalesce(to_publication, 9223372036854775807)) OVER w > from_publication AS overlapping
                FROM {table.qualified}
                WINDOW w AS (PARTITION BY dataset_id, slice, key_hash, occurrence ORDER BY from_publication, row_id)
            ) AS lives WHERE backwards OR overlapping GROUP BY dataset_id""",  # noqa: S608 - a table of ours
        table=table.name,
    )


async def check_snapshots(look: Look) -> None:
    """(6) The file of every version; its bytes and records are looked at afterwards."""
    statement = "SELECT * FROM catalog.version WHERE purged_at IS NULL ORDER BY publication"
    for row in await look.rows(statement):
        name = f"snapshots/{row['dataset_id']}/{row['snapshot_sha256']}.csv"
        subject = f"{row['dataset_id']}, version {row['number']}"
        look.must_exist(Promise("versions-kept", subject, name, row["snapshot_sha256"], row["snapshot_bytes"]))
