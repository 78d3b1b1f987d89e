"""What makes a line of the trail follow from the one before it, and how the end of the chain is signed."""

import hashlib
import hmac
import json

from shared.models import AuditEntry, AuditHead

GENESIS = bytes(32)
"""The hash before the first line."""


def link(previous: bytes, entry: AuditEntry, position: int) -> bytes:
    """SHA-256 of the hash before and of everything that `entry` says, at its position."""
    said = [
        position,
        entry.id,
        entry.at.isoformat(timespec="microseconds"),
        entry.actor,
        entry.action,
        entry.subject,
        entry.organisation_siren,
        None if entry.vendor_id is None else str(entry.vendor_id),
        entry.network,
        entry.request_id,
        entry.detail,
    ]
    line = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + line.encode()).digest()


def audit_secret(key_pepper: str) -> bytes:
    """The key that signs the end of the chain, derived from the installation's one secret (`SOCLE_KEY_PEPPER`)."""
    return hmac.digest(key_pepper.encode(), b"socle audit", hashlib.sha256)


def signature_of(position: int, digest: bytes, *, secret: bytes) -> bytes:
    """HMAC-SHA-256 of the end of the chain."""
    return hmac.digest(secret, f"{position} {digest.hex()}".encode(), hashlib.sha256)


def is_signed(head: AuditHead, *, secret: bytes) -> bool:
    """Whether this installation signed that end; before the first line there is nothing to sign."""
    if head.position == 0:
        return head.hash == GENESIS
    return hmac.compare_digest(head.signature, signature_of(head.position, head.hash, secret=secret))
