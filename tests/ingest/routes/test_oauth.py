"""OAuth 2 over HTTP: a key buys a token, the token does what the key does, and no more, and no longer."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
from ingest_settings import MAX_BYTES
from journal import MURET, PEPPER, HabilitatedVendor, SessionsOf
from oauthlib.oauth2 import BackendApplicationClient
from pushes import FILE, push, refused
from serving import served
from sqlalchemy import select, update
from sqlmodel import col

from services.ingest.admin import create_key
from services.ingest.app import make_app
from services.ingest.keys import KeyWish, revoke_key
from services.ingest.settings import IngestSettings
from shared.keys import parse_key
from shared.models import EVERY_ACTION, ApiKey, Deposit, KeyAction, Vendor
from shared.tokens import tokens_of

ASK = {"grant_type": "client_credentials"}
SAYABLE = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")
"""RFC 6749, 5.2: what an error_description may hold."""


def prefix_of(key: str) -> str:
    parts = parse_key(key)
    assert parts is not None
    return parts.prefix


async def ask(client: httpx.AsyncClient, key: str, **form: str) -> httpx.Response:
    return await client.post("/oauth/token", data=ASK | form, auth=(prefix_of(key), key))


async def token_of(client: httpx.AsyncClient, key: str, **form: str) -> str:
    answer = await ask(client, key, **form)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def oauth_error(answer: httpx.Response, status: int, error: str) -> str:
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert set(answer.json()) == {"error", "error_description"}
    assert SAYABLE.fullmatch(answer.json()["error_description"])
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers.get("www-authenticate") == ('Basic realm="socle"' if status == 401 else None)
    return str(answer.json()["error_description"])


def token_refused(answer: httpx.Response) -> None:
    refused(answer, 401, "key-invalid")
    assert answer.headers["www-authenticate"] == 'Bearer realm="socle", error="invalid_token"'


async def test_a_key_buys_a_token_that_does_what_it_does(
    stranger: httpx.AsyncClient, vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    answer = await ask(stranger, vendor.key)
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    found = answer.json()
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 600)
    assert set(found["scope"].split()) == set(EVERY_ACTION) - {"keys"}
    pushed = await push(stranger, headers=bearer(found["access_token"]))
    assert pushed.status_code == 202, pushed.text
    assert (await stranger.get(pushed.headers["location"], headers=bearer(vendor.key))).status_code == 200
    line = (await stranger.get("/v1/audit", headers=bearer(found["access_token"]))).json()["data"][0]
    assert (line["actor"], line["action"]) == (f"key {prefix_of(vendor.key)}", "deposit.create")


async def test_both_ways_to_say_who_asks_are_taken(stranger: httpx.AsyncClient, vendor: HabilitatedVendor) -> None:
    who = {"client_id": prefix_of(vendor.key), "client_secret": vendor.key}
    assert (await stranger.post("/oauth/token", data=ASK | who)).status_code == 200
    both = await stranger.post("/oauth/token", data=ASK | who, auth=(who["client_id"], vendor.key))
    oauth_error(both, 400, "invalid_request")
    named = await ask(stranger, vendor.key, client_id=who["client_id"])
    assert named.status_code == 200
    oauth_error(await ask(stranger, vendor.key, client_id="another1"), 400, "invalid_request")


async def test_the_scope_narrows_and_never_widens(
    stranger: httpx.AsyncClient, vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    token = await token_of(stranger, vendor.key, scope="read")
    assert (await stranger.get("/v1/whoami", headers=bearer(token))).json()["key"]["actions"] == ["read"]
    assert (await stranger.get("/v1/deposits", headers=bearer(token))).status_code == 200
    problem = refused(await push(stranger, headers=bearer(token)), 403, "key-scope")
    assert (problem["required"], problem["granted"]) == ("deposit", ["read"])
    wish = KeyWish("lecture", actions={KeyAction.READ})
    key = await create_key(sessions_of("socle_ingest"), vendor=vendor.vendor, name="l", pepper=PEPPER, wish=wish)
    for scope in ("everything", "read deposit", "READ"):
        assert "read." in oauth_error(await ask(stranger, key.text, scope=scope), 400, "invalid_scope")
    assert (await ask(stranger, key.text, scope="")).json()["scope"] == "read"


async def test_making_keys_is_for_those_who_ask_for_it(stranger: httpx.AsyncClient, vendor: HabilitatedVendor) -> None:
    plain = await token_of(stranger, vendor.key)
    refused(await stranger.get("/v1/keys", headers=bearer(plain)), 403, "key-scope")
    wide = await token_of(stranger, vendor.key, scope="keys read")
    made = await stranger.post("/v1/keys", json={"name": "autre"}, headers=bearer(wide))
    assert made.json()["actions"] == ["read", "keys"]


async def test_a_key_that_is_no_key_buys_nothing(
    stranger: httpx.AsyncClient, vendor: HabilitatedVendor, other_vendor: HabilitatedVendor
) -> None:
    mine = prefix_of(vendor.key)
    wrong = vendor.key[:-1] + ("a" if vendor.key[-1] != "a" else "b")
    for name, secret in ((mine, wrong), (mine, other_vendor.key), (mine, vendor.key[-43:]), ("", ""), (mine, "é")):
        oauth_error(await stranger.post("/oauth/token", data=ASK, auth=(name, secret)), 401, "invalid_client")
    oauth_error(await stranger.post("/oauth/token", data=ASK), 401, "invalid_client")
    for header in ("Basic !!!", "Basic YWJj", f"Bearer {vendor.key}", "Basic"):
        answer = await stranger.post("/oauth/token", data=ASK, headers={"Authorization": header})
        oauth_error(answer, 401, "invalid_client")


async def test_requests_that_are_none(stranger: httpx.AsyncClient, vendor: HabilitatedVendor) -> None:
    key, auth = vendor.key, (prefix_of(vendor.key), vendor.key)
    oauth_error(await stranger.post("/oauth/token", json=ASK, auth=auth), 400, "invalid_request")
    oauth_error(await stranger.post("/oauth/token", auth=auth), 400, "invalid_request")
    oauth_error(await ask(stranger, key, grant_type="password"), 400, "unsupported_grant_type")
    twice = await stranger.post("/oauth/token", data={**ASK, "scope": ["read", "keys"]}, auth=auth)
    oauth_error(twice, 400, "invalid_request")
    refused(await stranger.post("/oauth/token?scope=read", data=ASK, auth=auth), 400, "invalid-parameter")
    refused(await stranger.get("/oauth/token"), 405, "method-not-allowed")
    big = await stranger.post("/oauth/token", data=ASK | {"scope": "x" * (MAX_BYTES + 1)}, auth=auth)
    refused(big, 413, "body-too-large")


async def test_a_token_goes_with_its_key(
    stranger: httpx.AsyncClient, vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    sessions, prefix = sessions_of("socle_ingest"), prefix_of(vendor.key)
    token = await token_of(stranger, vendor.key)
    await revoke_key(sessions, prefix=prefix)
    token_refused(await stranger.get("/v1/whoami", headers=bearer(token)))
    oauth_error(await ask(stranger, vendor.key), 401, "invalid_client")


async def test_a_token_of_a_rotated_key_lives_as_long_as_it(
    stranger: httpx.AsyncClient, client: httpx.AsyncClient, vendor: HabilitatedVendor
) -> None:
    token = await token_of(stranger, vendor.key)
    successor = (await client.post(f"/v1/keys/{prefix_of(vendor.key)}/rotate")).json()["key"]
    assert (await stranger.get("/v1/whoami", headers=bearer(token))).status_code == 200
    later = await token_of(stranger, successor, scope="keys read")
    path = f"/v1/keys/{prefix_of(successor)}/rotate?overlap_hours=0"
    refused(await stranger.post(path, headers=bearer(later)), 404, "unknown-key")  # the key has more rights than it
    assert (await stranger.post(path, headers=bearer(successor))).status_code == 201
    token_refused(await stranger.get("/v1/whoami", headers=bearer(later)))


async def test_a_token_ends_with_the_time_of_its_key_and_with_its_vendor(
    stranger: httpx.AsyncClient, vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    sessions = sessions_of("socle_ingest")
    wish = KeyWish("courte", expires_at=datetime.now(UTC) + timedelta(seconds=90))
    short = await create_key(sessions, vendor=vendor.vendor, name="courte", pepper=PEPPER, wish=wish)
    answer = (await ask(stranger, short.text)).json()
    assert 60 <= answer["expires_in"] <= 90
    async with sessions.begin() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await session.execute(update(ApiKey).where(col(ApiKey.prefix) == short.prefix).values(expires_at=past))
    token_refused(await stranger.get("/v1/whoami", headers=bearer(answer["access_token"])))
    oauth_error(await ask(stranger, short.text), 401, "invalid_client")
    token = await token_of(stranger, vendor.key)
    async with sessions.begin() as session:
        await session.execute(update(Vendor).values(disabled_at=datetime.now(UTC)))
    token_refused(await stranger.get("/v1/whoami", headers=bearer(token)))


async def test_tokens_that_are_not_ours_open_nothing(
    stranger: httpx.AsyncClient, vendor: HabilitatedVendor, settings: IngestSettings
) -> None:
    good = await token_of(stranger, vendor.key)
    claims: dict[str, Any] = jwt.decode(good, options={"verify_signature": False})
    secret, kind = tokens_of(settings).secret, {"typ": "at+jwt"}
    ours = jwt.encode(claims, secret, algorithm="HS256", headers=kind)
    assert (await stranger.get("/v1/whoami", headers=bearer(ours))).status_code == 200
    forged = (
        jwt.encode(claims, "", algorithm="none", headers=kind),
        jwt.encode(claims, b"k" * 32, algorithm="HS256", headers=kind),
        jwt.encode(claims | {"aud": "https://other.example"}, secret, algorithm="HS256", headers=kind),
        jwt.encode(claims | {"exp": claims["iat"] - 3600}, secret, algorithm="HS256", headers=kind),
        jwt.encode(claims | {"client_id": "unknown1"}, secret, algorithm="HS256", headers=kind),
        good[:-3],
        "a.b.c",
    )
    for token in forged:
        token_refused(await stranger.get("/v1/whoami", headers=bearer(token)))
    token_refused(await stranger.get("/v1/whoami", headers={"X-API-Key": good}))
    answer = await stranger.get(f"/v1/admin/organisations/{MURET}", headers=bearer(good))
    refused(answer, 401, "operator-key-invalid")


async def test_a_key_for_tests_gives_tokens_for_tests(
    stranger: httpx.AsyncClient, vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    sessions = sessions_of("socle_ingest")
    wish = KeyWish("essais", is_test=True)
    key = await create_key(sessions, vendor=vendor.vendor, name="essais", pepper=PEPPER, wish=wish)
    token = await token_of(stranger, key.text)
    assert (await stranger.get("/v1/whoami", headers=bearer(token))).json()["key"]["test"] is True


async def test_requests_with_tokens_count_as_those_of_their_key(
    settings: IngestSettings, vendor: HabilitatedVendor, other_vendor: HabilitatedVendor
) -> None:
    small = settings.model_copy(update={"limit_key_per_minute": 6})
    async with served(make_app(small)) as url, httpx.AsyncClient(base_url=url) as client:
        tokens = [await token_of(client, vendor.key) for _ in range(2)]
        for left, shown in zip((5, 4, 3), (*tokens, vendor.key), strict=True):
            answer = await client.get("/v1/deposits", headers=bearer(shown))
            assert answer.headers["RateLimit"].startswith(f'"key";r={left};')
        head, claims, _ = tokens[0].split(".")
        for n in range(10):
            answer = await client.get("/v1/deposits", headers=bearer(f"{head}.{claims}.{'A' * (20 + n)}"))
            assert answer.status_code == 401
        # Nor by another case of the scheme, or a second header in front.
        for left, headers in (
            (2, {"Authorization": f"bearer  {vendor.key}"}),
            (1, {"X-API-Key": "nothing", "Authorization": f"Bearer {tokens[1]}"}),
            (0, {"Authorization": f"Bearer {vendor.key}\u00a0".encode("latin-1")}),
        ):
            answer = await client.get("/v1/deposits", headers=headers)
            assert answer.status_code == 200
            assert answer.headers["RateLimit"].startswith(f'"key";r={left};')
        refused(await client.get("/v1/deposits", headers=bearer(tokens[0])), 429, "quota-exceeded")
        assert (await client.get("/v1/deposits", headers=bearer(other_vendor.key))).status_code == 200


async def test_the_metadata_lead_a_client_that_knows_only_oauth_to_a_deposit(
    stranger: httpx.AsyncClient, base_url: str, vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    found = (await stranger.get("/.well-known/oauth-authorization-server")).json()
    assert found["token_endpoint"] == f"{found['issuer']}/oauth/token"
    assert found["scopes_supported"] == list(EVERY_ACTION)
    assert found["grant_types_supported"] == ["client_credentials"]
    assert set(found["token_endpoint_auth_methods_supported"]) == {"client_secret_basic", "client_secret_post"}
    assert "jwks_uri" not in found
    oauth = BackendApplicationClient(client_id=prefix_of(vendor.key), scope=["deposit", "read"])
    body = oauth.prepare_request_body(include_client_id=True, client_secret=vendor.key)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await stranger.post("/oauth/token", content=body, headers=headers)
    token = oauth.parse_request_body_response(answer.text)
    assert token.scope_changed is False
    _, signed, _ = oauth.add_token(f"{found['issuer']}/v1/deposits".replace("http:", "https:"))
    assert (await stranger.get("/v1/deposits", headers=signed)).status_code == 200
    assert (await push(stranger, FILE, headers=signed)).status_code == 202
    async with sessions_of("socle_ingest")() as session:
        assert (await session.execute(select(col(Deposit.organisation_siren)))).scalar_one() == MURET


async def test_the_use_of_a_key_by_tokens_is_noted(
    stranger: httpx.AsyncClient, client: httpx.AsyncClient, vendor: HabilitatedVendor
) -> None:
    await token_of(stranger, vendor.key)
    for _ in range(100):
        used = next(
            one for one in (await client.get("/v1/keys")).json()["data"] if one["prefix"] == prefix_of(vendor.key)
        )
        if used["last_used_at"]:
            break
    assert used["last_used_at"]


async def test_the_document_offers_tokens_wherever_it_offers_keys(stranger: httpx.AsyncClient) -> None:
    document = (await stranger.get("/openapi.json")).json()
    flow = document["components"]["securitySchemes"]["OAuth2"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == "/oauth/token"
    assert set(flow["scopes"]) == set(EVERY_ACTION)
    doors = [json.dumps(one["security"]) for item in document["paths"].values() for one in item.values()]
    assert all(("HTTPBearer" in one) == ("OAuth2" in one) for one in doors)
    assert document["paths"]["/v1/deposits"]["post"]["security"] == [
        {"HTTPBearer": []},
        {"APIKeyHeader": []},
        {"OAuth2": ["deposit"]},
    ]
