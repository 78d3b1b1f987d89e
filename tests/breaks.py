"""Ways to break an installation: what the operator's verification must name, and the SQL that does it."""

MURET_2 = "dataset_id = 'deliberations-muret' AND number = 2"
PUBLISHED = "id = (SELECT deposit_id FROM catalog.version WHERE dataset_id = 'deliberations-muret' AND number = 2)"

LAST = "row_id = (SELECT max(row_id) FROM data.deliberations)"

BREAKS = [
    # (1)
    ("raw-kept", "a size that is not the blob's", "UPDATE ingest.deposit SET size_bytes = 7 WHERE state = 'rejected'"),
    (
        "raw-kept",
        "a blob that does not exist",
        "UPDATE ingest.deposit SET sha256 = repeat('0', 64) WHERE state = 'rejected'",
    ),
    # (2)
    (
        "deposits-end",
        "a deposit left behind",
        "UPDATE ingest.deposit SET state = 'validating', ended_at = NULL WHERE state = 'rejected'",
    ),
    ("deposits-end", "an end without a date", "UPDATE ingest.deposit SET ended_at = NULL WHERE state = 'rejected'"),
    ("deposits-end", "an end with a lease", "UPDATE ingest.deposit SET lease_until = now() WHERE state = 'rejected'"),
    ("deposits-end", "an end without event", "DELETE FROM ingest.deposit_event WHERE state = 'rejected'"),
    ("deposits-end", "no reception", "DELETE FROM ingest.deposit_event WHERE state = 'received'"),
    ("deposits-end", "a step left out", "DELETE FROM ingest.deposit_event WHERE state = 'publishing'"),
    (
        "deposits-end",
        "an event written twice",
        "ALTER TABLE ingest.deposit_event DROP CONSTRAINT uq_deposit_event_deposit_id_state;"
        "INSERT INTO ingest.deposit_event (deposit_id, state) SELECT id, state FROM ingest.deposit",
    ),
    ("deposits-end", "a round too many", "UPDATE ingest.deposit SET round = 2 WHERE state = 'rejected'"),
    (
        "deposits-end",
        "an event of a round that never was",
        "INSERT INTO ingest.later_deposit_event (deposit_id, round, state) "
        "SELECT id, 2, 'received' FROM ingest.deposit WHERE state = 'rejected'",
    ),
    (
        "deposits-end",
        "held without end",
        "UPDATE ingest.deposit SET state = 'held', ended_at = NULL WHERE state = 'unchanged'",
    ),
    # (3)
    (
        "one-version-each",
        "published without version",
        "UPDATE ingest.deposit SET state = 'published' WHERE state = 'unchanged'",
    ),
    (
        "one-version-each",
        "a version of a deposit that is not published",
        f"UPDATE ingest.deposit SET state = 'unchanged' WHERE {PUBLISHED}",
    ),
    (
        "one-version-each",
        "a version of nobody's deposit",
        f"UPDATE catalog.version SET deposit_id = gen_random_uuid() WHERE {MURET_2}",
    ),
    (
        "one-version-each",
        "another version than the deposit's",
        f"UPDATE ingest.deposit SET dataset_version = 1 WHERE {PUBLISHED}",
    ),
    (
        "one-version-each",
        "two versions of one deposit",
        "ALTER TABLE catalog.version DROP CONSTRAINT uq_version_deposit_id;"
        f"UPDATE catalog.version SET deposit_id = (SELECT deposit_id FROM catalog.version WHERE {MURET_2})",
    ),
    (
        "one-version-each",
        "unchanged from nothing",
        "UPDATE ingest.deposit SET dataset_version = 9 WHERE state = 'unchanged'",
    ),
    (
        "one-version-each",
        "a version that nobody made",
        f"UPDATE catalog.version SET deposit_id = NULL, deposit_sequence = NULL, mode = 'rollback' WHERE {MURET_2}",
    ),
    (
        "one-version-each",
        "a version of another mode than its deposit",
        f"UPDATE catalog.version SET mode = 'upsert' WHERE {MURET_2}",
    ),
    # (4)
    ("pointers-forward", "a hole in the numbers", f"UPDATE catalog.version SET number = 3 WHERE {MURET_2}"),
    (
        "pointers-forward",
        "a publication that goes back",
        f"UPDATE catalog.version SET publication = -1 WHERE {MURET_2}",
    ),
    (
        "pointers-forward",
        "a deposit that goes back",
        f"UPDATE catalog.version SET deposit_sequence = 0 WHERE {MURET_2}",
    ),
    (
        "pointers-forward",
        "a pointer that went back",
        "UPDATE catalog.dataset SET current_version = 1 WHERE id = 'deliberations-muret'",
    ),
    (
        "pointers-forward",
        "a publication not reached",
        "UPDATE catalog.dataset SET current_publication = 1 WHERE id = 'deliberations-muret'",
    ),
    (
        "pointers-forward",
        "a wrong number of rows",
        "UPDATE catalog.dataset SET rows = 99 WHERE id = 'deliberations-muret'",
    ),
    (
        "pointers-forward",
        "a data set without version that has one",
        "UPDATE catalog.dataset SET current_version = NULL WHERE id = 'deliberations-muret'",
    ),
    (
        "pointers-forward",
        "a version that says it was purged",
        "UPDATE catalog.version SET purged_at = now() WHERE number = 1",
    ),
    # (5)
    (
        "rows-of-versions",
        "a row that vanished",
        f"DELETE FROM data.deliberations WHERE {LAST}",
    ),
    (
        "rows-of-versions",
        "a version's rows counted wrong",
        f"UPDATE catalog.version SET rows = rows + 1 WHERE {MURET_2}",
    ),
    (
        "rows-of-versions",
        "insertions counted wrong",
        f"UPDATE catalog.version SET rows_inserted = rows_inserted + 1, rows_closed = rows_closed + 1 WHERE {MURET_2}",
    ),
    (
        "rows-of-versions",
        "a row of an unknown publication",
        f"UPDATE data.deliberations SET from_publication = 99 WHERE {LAST}",
    ),
    (
        "rows-of-versions",
        "a row closed by an unknown publication",
        f"UPDATE data.deliberations SET to_publication = 99 WHERE {LAST}",
    ),
    (
        "rows-of-versions",
        "a row of an unknown data set",
        f"UPDATE data.deliberations SET dataset_id = 99 WHERE {LAST}",
    ),
    (
        "rows-of-versions",
        "two current rows in one place",
        "DROP INDEX data.ix_deliberations_current;"
        "UPDATE data.deliberations AS one SET key_hash = (SELECT key_hash FROM data.deliberations "
        "WHERE dataset_id = one.dataset_id AND to_publication IS NULL LIMIT 1) WHERE to_publication IS NULL",
    ),
    (
        "rows-of-versions",
        "a row that ends before it begins",
        "UPDATE data.deliberations SET to_publication = from_publication WHERE to_publication IS NOT NULL",
    ),
    # (6)
    ("versions-kept", "a snapshot of another size", f"UPDATE catalog.version SET snapshot_bytes = 3 WHERE {MURET_2}"),
    (
        "versions-kept",
        "a snapshot that does not exist",
        f"UPDATE catalog.version SET snapshot_sha256 = repeat('0', 64) WHERE {MURET_2}",
    ),
    (
        "versions-kept",
        "other rows than those deposited",
        "UPDATE data.deliberations SET row_hash = gen_random_uuid() WHERE to_publication IS NULL",
    ),
    (
        "versions-kept",
        "rows in another slice",
        "UPDATE data.deliberations SET slice = '1999' WHERE to_publication IS NULL",
    ),
    # (7)
    ("verdicts", "rejected without a report", "DELETE FROM validator.validation_report WHERE verdict = 'invalid'"),
    (
        "verdicts",
        "rejected without an error",
        "UPDATE validator.validation_report SET errors = 0 WHERE verdict = 'invalid'",
    ),
    (
        "verdicts",
        "published in spite of errors",
        "UPDATE validator.validation_report SET errors = 2 WHERE verdict = 'valid'",
    ),
    (
        "verdicts",
        "valid without a table",
        "UPDATE validator.validation_report SET table_sha256 = NULL WHERE verdict = 'valid'",
    ),
    (
        "verdicts",
        "a report that does not exist",
        "UPDATE validator.validation_report SET report_sha256 = repeat('0', 64)",
    ),
    # (8)
    (
        "idempotency",
        "a key of nobody's deposit",
        "UPDATE ingest.idempotency_key SET deposit_id = gen_random_uuid() WHERE key = '1'",
    ),
    (
        "idempotency",
        "a key of another vendor",
        "UPDATE ingest.idempotency_key SET vendor_id = gen_random_uuid() WHERE key = '1'",
    ),
    (
        "idempotency",
        "a key without fingerprint",
        "UPDATE ingest.idempotency_key SET fingerprint = NULL WHERE key = '1'",
    ),
    (
        "idempotency",
        "two keys of one deposit",
        "UPDATE ingest.idempotency_key AS one SET deposit_id = two.deposit_id "
        "FROM ingest.idempotency_key AS two WHERE one.key = '1' AND two.key = '2'",
    ),
    # (9)
    ("consolidated", "a sum that is not one", "UPDATE catalog.dataset SET rows = rows + 1 WHERE id = 'deliberations'"),
    (
        "consolidated",
        "a pointer left behind",
        "UPDATE catalog.dataset SET current_publication = 1 WHERE id = 'deliberations'",
    ),
    (
        "consolidated",
        "rows of nowhere",
        "INSERT INTO data.deliberations (dataset_id, key_hash, occurrence, row_hash, slice, from_publication) "
        "SELECT 99, key_hash, 0, row_hash, slice, 1 FROM data.deliberations WHERE to_publication IS NULL",
    ),
]
"""(invariant, what is wrong, statements), in the order of the invariants."""
