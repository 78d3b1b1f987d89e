"""Who may run the embedded servers: root, with nothing changed around it, or any ordinary user."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from apart import PROJECT, Run, owner, recall, remember

from services.cli.embedded import EmbeddedRefusal, start_postgres

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="shows what root does")


@root_only
def test_root_in_a_private_home_changes_no_mode_and_makes_no_account(data_path: Path) -> None:
    accounts = Path("/etc/passwd").read_bytes()
    home = data_path / "home privé"
    home.mkdir(mode=0o700)
    running = start_postgres(home, durable=False)
    assert running.pid is not None
    owner_outside = owner(running.pid)
    running.stop()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {path.stat().st_uid for path in home.rglob("*")} == {0}
    assert owner_outside == 0
    assert Path("/etc/passwd").read_bytes() == accounts


@root_only
def test_root_without_user_namespaces_is_told_what_to_do(run_both: Run) -> None:
    process, run = run_both(env={"PATH": "/nonexistent", "PYTHONPATH": str(PROJECT)})
    _, told = process.communicate()
    assert run == {}
    assert "Relancez avec un compte ordinaire" in told
    assert "Traceback" not in told


@root_only
def test_root_in_the_private_folder_of_someone_else_is_told_so(data_path: Path) -> None:
    os.chown(data_path, 65534, 65534)
    with pytest.raises(EmbeddedRefusal, match="dossier privé d'un autre compte"):
        start_postgres(data_path)


@root_only
async def test_an_ordinary_user_needs_nothing_more(run_both: Run, data_path: Path) -> None:
    python = python_for_nobody()
    os.chown(data_path, 65534, 65534)
    _, run = run_both(python=python, user=65534, group=65534, extra_groups=[], env=nobody_environment())
    await remember(run["dsn"], run["url"], "gardé")
    assert await recall(run["dsn"], run["url"]) == (["gardé"], ["gardé"])
    assert set(map(owner, run["pids"])) == {65534}


def nobody_environment() -> dict[str, str]:
    wheels = Path(asyncpg.__file__).parents[1]
    return {"PATH": os.environ["PATH"], "PYTHONPATH": f"{PROJECT}{os.pathsep}{wheels}", "PYTHONDONTWRITEBYTECODE": "1"}


def python_for_nobody() -> str:
    """The room needs only the standard library, so any Python will do that another user may run."""
    for python in filter(None, (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin"))):
        try:
            tried = subprocess.run(
                [python, "-c", "import services.cli.embedded, sys; sys.exit(sys.version_info < (3, 11))"],
                user=65534,
                group=65534,
                extra_groups=[],
                env=nobody_environment(),
                cwd="/",
                capture_output=True,
            )
        except PermissionError:
            continue
        if tried.returncode == 0:
            return python
    pytest.skip("no Python here, or not this project, that another user may read")
