"""Fixture `official`: the folder of official schemas and files that our own are compared with.

It is not part of the project. Tests that need it are skipped where it is absent.
"""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def official() -> Path:
    """Folder that holds `scdl/schemas/<schema>/<version>/schema.json` and `scdl/files/`."""
    folder = Path(os.environ.get("SOCLE_OFFICIAL_DATA", PROJECT.parent / "shared" / "data"))
    if not (folder / "scdl" / "schemas").is_dir():
        pytest.skip("official data absent: set SOCLE_OFFICIAL_DATA to the folder that holds scdl/schemas")
    return folder
