"""What the tests of validator share: the registry, and a way to judge text as a file."""

from pathlib import Path
from typing import Literal

import pytest
from judging import Judge
from reporting import follows_schema

from services.validator.pipeline import Examination, Mode, Request, validate_file
from shared.registry import Registry, SchemaVersion, load_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The schemas of the project."""
    return load_registry()


@pytest.fixture(scope="session")
def deliberations(registry: Registry) -> SchemaVersion:
    """The schema of délibérations."""
    return registry.get("scdl/deliberations")


@pytest.fixture
def judge(registry: Registry, tmp_path: Path) -> Judge:
    """Judge bytes, text or the file at a path."""

    def run(
        content: bytes | str | Path,
        schema: str = "scdl/deliberations",
        *,
        version: str | None = None,
        charset: str | None = None,
        corrections: Literal["all", "none"] = "all",
        mode: Mode = "replace",
    ) -> Examination:
        path = content if isinstance(content, Path) else tmp_path / "raw"
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        out_folder = tmp_path / "out"
        out_folder.mkdir(exist_ok=True)
        request = Request(schema, version, charset, corrections=corrections, mode=mode)
        found = validate_file(path, request, registry=registry, out_folder=out_folder)
        follows_schema(found.report)
        return found

    return run
