"""Who may import whom: the contracts of pyproject.toml hold, and cover the rooms they speak of."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from project import ROOT, SERVICES, module_name, python_files, syntax_of, text_of

CONTRACTS = {one["id"]: one for one in tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]}

IMPURE_ROOMS = {
    "app",
    "bodies",
    "child",
    "corrected",
    "jobs",
    "on_demand",
    "routes",
    "sandbox",
    "settings",
    "territories",
    "tools",
    "worker",
}
"""Rooms of the validator that touch the world; all others think with values."""

CLOCKS = {"now", "utcnow", "today", "fromtimestamp", "time", "monotonic"}

INFRASTRUCTURE = {
    "shared.migrate": "what every service needs of the database; the command runs it",
    "shared.migrations": "run by Alembic",
    "shared.reference.generate": "a program that is run by hand when the territories change",
}


def test_the_import_contracts_hold():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def validator_rooms() -> set[str]:
    names = {path.parts[2].removesuffix(".py") for path in python_files("services") if path.parts[1] == "validator"}
    return names - {"__init__"}


def test_every_room_of_the_validator_is_declared_pure_or_not():
    pure = {name.rpartition(".")[2] for name in CONTRACTS["thinking"]["source_modules"]}
    assert pure.isdisjoint(IMPURE_ROOMS)
    assert validator_rooms() == pure | (IMPURE_ROOMS & validator_rooms())


def test_no_pure_room_asks_what_time_it_is():
    asked = []
    for path in python_files("services"):
        if not module_name(path).startswith(tuple(CONTRACTS["thinking"]["source_modules"])):
            continue
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                asked.append(f"{path}:{node.lineno}")
    assert not asked


def imported_by(path: Path) -> set[str]:
    """Modules a file imports, each name of a `from` import as a possible module too."""
    found = set()
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def users_of(room: str) -> set[str]:
    """Services that import a room of `shared`, directly or through other rooms of `shared`."""
    importers = {module_name(path): imported_by(path) for path in python_files("services", "shared")}
    reached, users = {room}, set()
    while reached:
        direct = {one for one, imported in importers.items() if imported & reached and one not in reached | users}
        users |= direct
        reached = {one for one in direct if one.startswith("shared.")}
    return {one.split(".")[1] for one in users if one.startswith("services.")}


SHARED_ROOMS = sorted(
    module_name(path)
    for path in python_files("shared")
    if path.name != "__init__.py" and not module_name(path).startswith(tuple(INFRASTRUCTURE))
)


@pytest.mark.parametrize("room", SHARED_ROOMS)
def test_every_room_of_shared_has_two_users(room: str):
    users = users_of(room)
    assert len(users) >= 2, f"{room} is used by {users or 'nobody'}: it belongs in that service's house"


def test_the_services_are_those_of_the_contract():
    assert CONTRACTS["journey"]["layers"][1] == " | ".join(f"services.{name}" for name in SERVICES)
