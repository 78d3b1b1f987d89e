"""The page on webhooks: its snippets verify what the courier signs, its table tells every event."""

import base64
import json
import re
import shutil
import subprocess
import time
from typing import Any

import pytest
from project import text_of

from services.ingest.webhooks.events import TEST, EventType
from services.ingest.webhooks.signature import derive_secret, new_salt, shown, sign

PAGE = text_of("docs/webhooks.md")
BODY = '{"type":"deposit.published","data":{"é":1}}'.encode()


def snippet(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def messages() -> list[tuple[bool, str, dict[str, str], bytes]]:
    """Good ones and bad ones: whether it is good, secret, headers, body."""
    secrets, now = [derive_secret(new_salt(), "pepper") for _ in range(2)], int(time.time())

    def headers(at: int) -> dict[str, str]:
        signatures = sign(secrets, message_id="evt", timestamp=at, body=BODY)
        return {"webhook-id": "evt", "webhook-timestamp": str(at), "webhook-signature": signatures}

    return [
        (True, shown(secrets[0]), headers(now), BODY),
        (True, shown(secrets[1]), headers(now), BODY),
        (False, shown(derive_secret(new_salt(), "pepper")), headers(now), BODY),
        (False, shown(secrets[0]), headers(now), BODY + b" "),
        (False, shown(secrets[0]), headers(now - 1000), BODY),
    ]


def test_the_python_snippet_tells_good_messages_from_bad_ones() -> None:
    names: dict[str, Any] = {}
    exec(snippet("python"), names)
    for good, secret, headers, body in messages():
        assert names["verifier"](secret, headers, body) is good


def test_the_php_snippet_does_too() -> None:
    if shutil.which("php") is None:
        pytest.skip("php is absent")
    asked = "".join(
        f"echo json_encode(verifier({json.dumps(secret)}, json_decode({json.dumps(json.dumps(headers))}, true), "
        f"base64_decode({json.dumps(_base64(body))})));\n"
        for _, secret, headers, body in messages()
    )
    ran = subprocess.run(["php"], input=snippet("php") + asked, capture_output=True, text=True, check=True)
    assert ran.stdout == "truetruefalsefalsefalse"


def _base64(body: bytes) -> str:
    return base64.b64encode(body).decode()


def test_every_event_has_its_line() -> None:
    told = set(re.findall(r"`(\w+\.\w+)`", PAGE.partition("## Événements")[2].partition("##")[0]))
    told |= {f"habilitation.{one}" for one in re.findall(r"`\.(\w+)`", PAGE)}
    assert told >= {*EventType, TEST}
