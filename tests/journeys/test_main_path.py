"""One deposit's whole way through separate processes, from the push to the rows."""

import hashlib
import json
from pathlib import Path

from journal import MURET
from samples import deliberations
from stack import end_of, push, running_stack

from services.cli.verify import verify


async def test_a_pushed_file_is_validated_published_and_queried(tmp_path: Path) -> None:
    content = deliberations(MURET, mark="premier", rows=30)
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        deposit = await end_of(client, await push(client, MURET, content, key="k1"))
        assert deposit["state"] == "published", stack.logs()
        assert [step["state"] for step in deposit["timeline"]] == [
            "received",
            "validating",
            "validated",
            "publishing",
            "published",
        ]
        assert deposit["dataset"] == {
            "id": "deliberations-muret",
            "version": 1,
            "href": "/v1/datasets/deliberations-muret",
        }
        assert deposit["report"]["verdict"] == "valid"
        assert deposit["report"]["errors"] == 0
        assert deposit["schema"]["version"] == "2.1.5"

        records = (await client.get("/v1/datasets/deliberations/records", params={"limit": 100})).json()
        assert len(records["data"]) == 30
        assert {row["DELIB_OBJET"] for row in records["data"]} == {"premier"}
        assert {row["organisation_siren"] for row in records["data"]} == {MURET}

        export = await client.get("/v1/datasets/deliberations-muret/exports/csv")
        assert len(export.text.splitlines()) == 31
        again = await client.get(
            "/v1/datasets/deliberations-muret/exports/csv", headers={"If-None-Match": export.headers["etag"]}
        )
        assert again.status_code == 304

        unchanged = await end_of(client, await push(client, MURET, content))
        assert unchanged["state"] == "unchanged"
        assert unchanged["dataset"]["version"] == 1

        spoilt = (
            content.replace(b"2024-2-", b"2024-02-").replace(b"Finances locales/", b"").replace(b"2024-0", b"2024/0")
        )
        rejected = await end_of(client, await push(client, MURET, spoilt))
        assert rejected["state"] == "rejected"
        report = (await client.get(rejected["report"]["href"])).json()
        assert report["verdict"] == "invalid"
        finding = next(one for one in report["findings"] if one["severity"] == "error")
        assert finding["row"] >= 2
        assert finding["message"]
        assert (await client.get("/v1/datasets/deliberations-muret")).json()["version"] == 1

        file = await client.get(f"/v1/deposits/{rejected['id']}/file")
        assert hashlib.sha256(file.content).hexdigest() == rejected["sha256"]
        assert await verify(stack.postgres.dsn, stack.blobs_url) == []

        for log in sorted(tmp_path.glob("*.log")):
            lines = [json.loads(line) for line in log.read_text().splitlines()]
            assert not [line for line in lines if line["level"] in {"error", "critical"}], lines
        moved = [line for line in _lines(tmp_path / "work-catalog.log") if line.get("deposit_id") == deposit["id"]]
        assert {line["request_id"] for line in moved} == {_request_id(tmp_path, deposit["id"])}


def _lines(log: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def _request_id(folder: Path, deposit_id: str) -> str:
    checked = [line for line in _lines(folder / "work-validator.log") if line.get("deposit_id") == deposit_id]
    return checked[0]["request_id"]
