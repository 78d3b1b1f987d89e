"""Signatures: the specification's own vector, and its package as a receiver."""

import time
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.ingest.webhooks.signature import (
    SignatureRefused,
    derive_secret,
    new_salt,
    parse_secret,
    shown,
    sign,
    verify,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_official_vector_is_reproduced() -> None:
    assert sign([parse_secret(SECRET)], message_id=MESSAGE, timestamp=TIMESTAMP, body=BODY) == SIGNATURE


def test_a_secret_is_derived_from_its_salt_and_the_pepper_alone() -> None:
    salt = new_salt()
    secret = derive_secret(salt, "pepper")
    assert len(secret) == 32
    assert parse_secret(shown(secret)) == secret == derive_secret(salt, "pepper")
    assert secret not in {derive_secret(salt, "other"), derive_secret(new_salt(), "pepper"), salt}


def test_the_reference_package_accepts_each_of_two_secrets_during_a_rotation() -> None:
    secrets, now = [derive_secret(new_salt(), "pepper") for _ in range(2)], int(time.time())
    headers = {
        "webhook-id": MESSAGE,
        "webhook-timestamp": str(now),
        "webhook-signature": sign(secrets, message_id=MESSAGE, timestamp=now, body=BODY),
    }
    for secret in secrets:
        assert Webhook(shown(secret)).verify(BODY, headers) == {"test": 2432232314}
    with pytest.raises(WebhookVerificationError):
        Webhook(shown(derive_secret(new_salt(), "pepper"))).verify(BODY, headers)


def test_what_the_reference_package_signs_is_accepted_here() -> None:
    at = datetime.now(UTC)
    signatures = Webhook(SECRET).sign(msg_id=MESSAGE, timestamp=at, data=BODY.decode())
    check(signatures=signatures, timestamp=str(int(at.timestamp())), now=at.timestamp())


def check(**changed: object) -> None:
    values: dict[str, object] = {
        "message_id": MESSAGE,
        "timestamp": str(TIMESTAMP),
        "signatures": SIGNATURE,
        "body": BODY,
        "now": float(TIMESTAMP),
    }
    verify(parse_secret(SECRET), **{**values, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"body": b'{"test": 2432232315}'},
        {"message_id": "msg_other"},
        {"signatures": "v1,AAAA"},
        {"signatures": "v1,é"},
        {"signatures": ""},
        {"now": TIMESTAMP + 301.0},
        {"now": TIMESTAMP - 301.0},
        {"timestamp": "hier"},
    ],
)
def test_anything_else_is_refused(changed: dict[str, object]) -> None:
    check()
    check(signatures=f"v1a,AAAA {SIGNATURE}")
    with pytest.raises(SignatureRefused):
        check(**changed)
