"""Links and codes for référents: the link alone shows, the code that came with it decides, once."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.keys import hash_secret
from shared.models import ConsentLink, Referent

LINK_HOURS = 24
MAX_TRIES = 10
CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class SentLink:
    """A link and its code, as the letter says them: kept nowhere else."""

    link: ConsentLink
    href: str
    code: str


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and checks links. `public_url`: of this installation."""

    pepper: str
    public_url: str

    def make(self, referent: Referent, *, habilitation_id: UUID | None, vendor_id: UUID | None) -> SentLink:
        """A new link for a référent, open for LINK_HOURS."""
        token = secrets.token_urlsafe(32)
        code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
        token_hash = self.hash_token(token)
        link = ConsentLink(
            token_hash=token_hash,
            code_hash=self._hash_code(token_hash, code),
            referent_id=referent.id,
            organisation_siren=referent.organisation_siren,
            habilitation_id=habilitation_id,
            vendor_id=vendor_id,
            expires_at=datetime.now(UTC) + timedelta(hours=LINK_HOURS),
        )
        return SentLink(link, f"{self.public_url.rstrip('/')}/v1/consents/{token}", code)

    def hash_token(self, token: str) -> bytes:
        """What a link is looked up by."""
        return hash_secret(f"consent {token}", self.pepper)

    def is_code(self, link: ConsentLink, code: str) -> bool:
        """Whether this is the code of that link; spaces do not count."""
        given = "".join(code.split())
        return hmac.compare_digest(link.code_hash, self._hash_code(link.token_hash, given))

    def _hash_code(self, token_hash: bytes, code: str) -> bytes:
        return hash_secret(f"{token_hash.hex()} {code}", self.pepper)
