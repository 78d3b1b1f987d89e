"""The merged OpenAPI document, read by the linters that others use; exceptions and reasons are in `spectral.yaml`."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from npm_tools import npm_folder
from project import ROOT, SERVICES, app_of

from services.cli.merged_api import merge_documents
from shared.web.bounded import bounded

RULES = ROOT / "tests" / "oracles" / "openapi"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    documents = {service: app_of(service).openapi() for service in SERVICES}
    return bounded(merge_documents(documents, title="Socle", description="Toutes les opérations."))


@pytest.mark.long
@pytest.mark.parametrize(
    "command",
    [
        ("spectral", "lint", "openapi.json", "--ruleset", "spectral.yaml", "--fail-severity", "error", "--quiet"),
        ("redocly", "lint", "openapi.json", "--config", "redocly.yaml"),
    ],
    ids=lambda command: command[0],
)
def test_the_linters_find_no_error(document: dict[str, Any], tmp_path: Path, command: tuple[str, ...]) -> None:
    folder = npm_folder(RULES, "spectral.yaml", "redocly.yaml")
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    program, *arguments = (str(path) if one == "openapi.json" else one for one in command)
    done = subprocess.run(
        [str(folder / "node_modules" / ".bin" / program), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_every_parameter_and_every_door_is_said(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert "security" in operation, (method, path)
            for parameter in operation.get("parameters", ()):
                schema = parameter["schema"]
                for one in schema.get("anyOf", [schema]):
                    assert one.get("type") != "string" or {"maxLength", "enum", "const"} & set(one), (path, parameter)
                    assert one.get("type") != "array" or "maxItems" in one, (path, parameter)
