"""The receiver believes what the standard's own library signed, and nothing else."""

import json
from datetime import UTC, datetime
from urllib.request import Request, urlopen

import pytest
from standardwebhooks import Webhook

from services.cli.certify.receiver import Receiver, receiving
from services.ingest.webhooks.signature import parse_secret

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def headers(body: str, secret: str = SECRET) -> dict[str, str]:
    now = datetime.now(UTC)
    signature = Webhook(secret).sign("msg_1", now, body)
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}


def test_a_signed_event_is_taken_over_http() -> None:
    body = json.dumps({"type": "webhook.test"})
    with receiving() as receiver:
        receiver.secret = parse_secret(SECRET)
        with urlopen(Request(receiver.url, body.encode(), headers(body))) as answer:
            assert answer.status == 204
    assert receiver.verified == ["msg_1"]


@pytest.mark.parametrize(
    ("secret", "body"),
    [("whsec_" + "A" * 32, "{}"), (SECRET, '{"changed":true}')],
    ids=["another secret", "another body"],
)
def test_what_is_not_rightly_signed_is_not_believed(secret: str, body: str) -> None:
    receiver = Receiver("", parse_secret(SECRET))
    assert receiver.judge(headers("{}", secret), body.encode()) == 401
    assert (receiver.verified, len(receiver.refused)) == ([], 1)


def test_nothing_is_believed_before_the_secret_is_known() -> None:
    assert Receiver("").judge(headers("{}"), b"{}") == 401
