"""Deposits: their bytes, their end, their journey, their verdict, their idempotency key."""

from collections.abc import Iterator
from itertools import pairwise

from services.cli.verify.look import Look, Promise
from shared.deposits import ENDS, NEXT
from shared.models import DepositState
from shared.models.deposit import WAITING_STATES
from shared.places import Kind, place

_RESUMED = {DepositState.HELD, DepositState.FAILED}
"""What follows these begins a new round, unless it is an end."""

_ENDS = ", ".join(f"'{state}'" for state in sorted(ENDS))

_STILL_THERE = "(d.trial_of IS NULL OR EXISTS (SELECT FROM catalog.dataset AS s WHERE s.id = d.dataset_id))"
"""A trial may be purged before the last of the deposits that were published in it."""


async def check_raw(look: Look) -> None:
    """(1) The bytes of every deposit are there; blobs are looked at afterwards."""
    trial = "CASE WHEN trial_of IS NOT NULL THEN id END AS trial"
    for row in await look.rows(f"SELECT id, {trial}, sha256, size_bytes FROM ingest.deposit ORDER BY sequence"):  # noqa: S608
        name = place("raw", trial=row["trial"]).name(row["sha256"])
        look.must_exist(Promise("raw-kept", f"dépôt {row['id']}", name, row["sha256"], row["size_bytes"]))


async def check_ends(look: Look, *, young_seconds: float) -> None:
    """(2) Every deposit has ended, is held, or is younger than `young_seconds`; its record and events agree."""
    await look.each_breaks(
        "deposits-end",
        "encore « {state} » après {age} s",
        f"""SELECT id, state, round(extract(epoch FROM clock_timestamp() - received_at)) AS age FROM (
                SELECT id, state, coalesce(resumed_at, received_at) AS received_at FROM ingest.deposit) AS deposit
            WHERE state NOT IN ({_ENDS}, 'held')
              AND received_at < clock_timestamp() - make_interval(secs => :young)""",  # noqa: S608 - states of ours
        young=young_seconds,
    )
    await look.each_breaks(
        "deposits-end",
        "« {state} » et date de fin ne s'accordent pas, ou un bail court encore",
        f"""SELECT id, state FROM ingest.deposit
            WHERE (state IN ({_ENDS})) <> (ended_at IS NOT NULL)
               OR state IN ({_ENDS}) AND lease_until IS NOT NULL""",  # noqa: S608 - states of ours
    )
    await look.each_breaks(
        "deposits-end",
        "« {state} », retenu jusqu'au {until}, motifs {reasons}",
        """SELECT id, state, coalesce(held_until::text, '—') AS until, coalesce(held_reasons::text, '—') AS reasons
           FROM ingest.deposit
           WHERE (state = 'held') <> (held_until IS NOT NULL) OR state = 'held' AND held_reasons IS NULL""",
    )
    await look.each_breaks(
        "deposits-end",
        "« {state} », alors que l'essai à blanc est {dry_run} et la version de départ {base}",
        """SELECT id, state, dry_run, coalesce(base_version::text, '—') AS base FROM ingest.deposit
           WHERE CASE WHEN dry_run THEN state IN ('held', 'published', 'unchanged', 'superseded', 'outdated')
                      ELSE state = 'checked' OR state = 'outdated' AND base_version IS NULL END""",
    )
    await _check_events(look)


async def _check_events(look: Look) -> None:
    journeys = await look.rows("""
        SELECT d.id, d.state, d.round,
               coalesce(array_agg(e.state ORDER BY e.id) FILTER (WHERE e.id IS NOT NULL), '{}') AS path
        FROM ingest.deposit AS d LEFT JOIN ingest.deposit_event AS e ON e.deposit_id = d.id
        GROUP BY d.id, d.state, d.round
    """)
    for row in journeys:
        path, state = [DepositState(one) for one in row["path"]], DepositState(row["state"])
        for fault in _faults_of(path, state, row["round"]):
            look.broken("deposits-end", row["id"], f"{fault} : {' → '.join(path) or 'aucun'}")


def _faults_of(path: list[DepositState], state: DepositState, rounds: int) -> Iterator[str]:
    """What does not fit in a journey. `path`: the states it went through, of all rounds, in order."""
    if path[:1] != [DepositState.RECEIVED]:
        yield "le parcours ne commence pas par la réception"
    if state in ENDS | {DepositState.HELD} and path[-1:] != [state]:
        yield f"l'état « {state} » n'est pas le dernier événement"
    steps = list(pairwise(path))
    if any(first == second for first, second in steps):
        yield "un événement est écrit deux fois"
    elif any(second not in NEXT.get(first, frozenset()) for first, second in steps):
        yield f"une étape manque ou est de trop avant « {state} »"
    if rounds != 1 + sum(first in _RESUMED and second in WAITING_STATES for first, second in steps):
        yield f"{rounds} tour(s) annoncé(s), ce n'est pas ce que dit le parcours"


async def check_versions_of_deposits(look: Look) -> None:
    """(3) Published deposits and versions go two by two."""
    await look.each_breaks(
        "one-version-each",
        "publié, avec {versions} version(s)",
        f"""SELECT d.id, count(v.deposit_id) AS versions FROM ingest.deposit AS d
           LEFT JOIN catalog.version AS v ON v.deposit_id = d.id
           WHERE d.state = 'published' AND {_STILL_THERE} GROUP BY d.id HAVING count(v.deposit_id) <> 1""",  # noqa: S608
    )
    await look.each_breaks(
        "one-version-each",
        "version {number}, du dépôt {deposit_id} dont l'état est « {state} »",
        """SELECT v.dataset_id, v.number, v.deposit_id, coalesce(d.state, 'inconnu') AS state
           FROM catalog.version AS v LEFT JOIN ingest.deposit AS d ON d.id = v.deposit_id
           WHERE d.state IS DISTINCT FROM 'published' AND v.mode NOT IN ('rollback', 'withdrawal')""",
    )
    await _check_bases(look)
    await look.each_breaks(
        "one-version-each",
        "version {number}, « {mode} » : elle devrait dire qui l'a décidée, et n'être d'aucun dépôt",
        """SELECT dataset_id, number, mode FROM catalog.version
           WHERE (mode IN ('rollback', 'withdrawal')) <> (decided_by IS NOT NULL)
              OR (mode IN ('rollback', 'withdrawal')) = (deposit_id IS NOT NULL)
              OR (mode = 'rollback') <> (equals_number IS NOT NULL)""",
    )
    await look.each_breaks(
        "one-version-each",
        "le dépôt et sa version {number} ne disent pas la même chose",
        """SELECT d.id, v.number FROM ingest.deposit AS d JOIN catalog.version AS v ON v.deposit_id = d.id
           WHERE (d.dataset_id, d.dataset_version, d.sequence, d.schema_name, d.mode, d.scope = 'all')
              IS DISTINCT FROM (v.dataset_id, v.number, v.deposit_sequence, v.schema_name, v.mode, v.whole)""",
    )
    await look.each_breaks(
        "one-version-each",
        "inchangé par rapport à une version qui n'existe pas",
        f"""SELECT d.id FROM ingest.deposit AS d
           LEFT JOIN catalog.version AS v ON v.dataset_id = d.dataset_id AND v.number = d.dataset_version
           WHERE d.state = 'unchanged' AND v.number IS NULL AND {_STILL_THERE}""",  # noqa: S608 - a condition of ours
    )


async def _check_bases(look: Look) -> None:
    await look.each_breaks(
        "one-version-each",
        "version {number}, d'un dépôt qui partait de la version {base_version}",
        """SELECT d.id, v.number, d.base_version FROM ingest.deposit AS d
           JOIN catalog.version AS v ON v.deposit_id = d.id WHERE d.base_version <> v.number - 1""",
    )


async def check_verdicts(look: Look) -> None:
    """(7) A refused deposit has a report with errors, an accepted one a report without, and its table."""
    await look.each_breaks(
        "verdicts",
        "« {state} », avec un rapport {verdict} et {errors} erreur(s)",
        """SELECT d.id, d.state, coalesce(r.verdict, 'absent') AS verdict, coalesce(r.errors, 0) AS errors
           FROM ingest.deposit AS d LEFT JOIN validator.validation_report AS r ON r.deposit_id = d.id
           WHERE CASE
               WHEN d.state = 'rejected' THEN (r.verdict = 'invalid' AND r.errors > 0) IS NOT TRUE
               WHEN d.state IN ('validated', 'publishing', 'held', 'published', 'unchanged', 'superseded',
                                'outdated', 'checked')
                   THEN (r.verdict = 'valid' AND r.errors = 0) IS NOT TRUE
               ELSE r.deposit_id IS NOT NULL AND (r.verdict = 'valid') <> (r.errors = 0) END""",
    )
    await look.each_breaks(
        "verdicts",
        "rapport {verdict}, table canonique {found}",
        """SELECT deposit_id, verdict, CASE WHEN table_sha256 IS NULL THEN 'absente' ELSE 'présente' END AS found
           FROM validator.validation_report WHERE (verdict = 'valid') <> (table_sha256 IS NOT NULL)""",
    )
    await _check_files(look)


async def _check_files(look: Look) -> None:
    reports = await look.rows("""
        SELECT d.id, CASE WHEN d.trial_of IS NOT NULL THEN d.id END AS trial, r.report_sha256 AS reports,
               r.table_sha256 AS tables, r.corrected_sha256 AS corrected
        FROM validator.validation_report AS r JOIN ingest.deposit AS d ON d.id = r.deposit_id
    """)
    kinds: tuple[Kind, ...] = ("reports", "tables", "corrected")
    for row in reports:
        for kind in kinds:
            if row[kind] is not None:
                name = place(kind, trial=row["trial"]).name(row[kind])
                look.must_exist(Promise("verdicts", f"dépôt {row['id']}", name, row[kind]))


async def check_idempotency(look: Look) -> None:
    """(8) A bound key names a deposit of its vendor, or holds an answer; a deposit is named by one key at most."""
    await look.each_breaks(
        "idempotency",
        "désigne le dépôt {deposit_id}, inconnu ou d'un autre éditeur, ou n'a pas d'empreinte",
        """SELECT k.key, k.deposit_id FROM ingest.idempotency_key AS k
           LEFT JOIN ingest.deposit AS d ON d.id = k.deposit_id AND d.vendor_id = k.vendor_id
           WHERE k.deposit_id IS NOT NULL AND (d.id IS NULL OR k.fingerprint IS NULL)""",
    )
    await look.each_breaks(
        "idempotency",
        "retenue pour une requête, sans dire ce qui y a été répondu, ou en le disant deux fois",
        """SELECT key FROM ingest.idempotency_key
           WHERE (fingerprint IS NOT NULL) <> (num_nonnulls(deposit_id, answer) = 1)""",
    )
    await look.each_breaks(
        "idempotency",
        "{keys} clés désignent ce dépôt",
        """SELECT deposit_id, count(*) AS keys FROM ingest.idempotency_key
           WHERE deposit_id IS NOT NULL GROUP BY deposit_id HAVING count(*) > 1""",
    )
