"""The project as its own tests see it: tracked files, modules, the `socle` command, the services' apps."""

import ast
import importlib.util
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi import FastAPI
from typer.main import get_command

from shared.settings import SharedSettings

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("ingest", "validator", "catalog")


@cache
def tracked() -> tuple[Path, ...]:
    """Files that belong to the project, relative to its root: tracked ones, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("no git repository here", allow_module_level=True)
    return tuple(sorted(Path(name) for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file()))


def python_files(*folders: str) -> list[Path]:
    """Python files of the project below `folders`, relative to its root."""
    return [path for path in tracked() if path.suffix == ".py" and path.parts[0] in folders]


def text_of(path: Path | str) -> str:
    """The text of a file of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def syntax_of(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text_of(path), filename=str(path))


def module_name(path: Path) -> str:
    """`shared/blobs.py` → `shared.blobs`; `shared/web/__init__.py` → `shared.web`."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def pages() -> ModuleType:
    """`docs/generate.py`, which knows how to find codes, settings and states in the code."""
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def settings_of(service: str) -> SharedSettings:
    """Settings good enough to make an app that is never started."""
    settings: type[SharedSettings] = pages().settings_classes()[service]
    return settings(
        database_url="postgresql://localhost/socle",
        queue_url="redis://localhost",
        blobs_url="file:///nowhere",
        key_pepper="pepper",
    )


@cache
def app_of(service: str) -> FastAPI:
    """The service's app, not started."""
    app: FastAPI = import_module(f"services.{service}.app").make_app(settings_of(service))
    return app


def why_not(arguments: list[str]) -> str | None:
    """What `socle` would answer to arguments it does not know; None when it knows them."""
    command: Any = get_command(import_module("services.cli.main").app)
    context: Any = None
    name = "socle"
    try:
        while True:
            context = command.make_context(name, list(arguments), parent=context, ignore_unknown_options=False)
            if not hasattr(command, "resolve_command"):
                return None
            rest = [*getattr(context, "_protected_args", []), *context.args]
            if not rest and command.invoke_without_command:
                return None
            name, command, arguments = command.resolve_command(context, rest)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the command line library raises is the answer
        if type(error).__name__ in ("Exit", "SystemExit") and "--help" in arguments:
            return None
        return f"{type(error).__name__}: {getattr(error, 'message', error)}"


FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
ASSIGNMENT = re.compile(r"[A-Z_]+=\S*")


def commands_in(markdown: str, program: str) -> Iterator[str]:
    """Command lines of `program` in a page, without the program: fenced blocks and inline code."""
    fences = FENCE.findall(markdown)
    lines = [line for fence in fences for line in fence.replace("\\\n", " ").splitlines()]
    lines += INLINE.findall(FENCE.sub("", markdown))
    for line in lines:
        for part in re.split(r"&&|;|\|", line.split(" #")[0]):
            words = part.strip().removeprefix("$ ").split()
            while words and ASSIGNMENT.fullmatch(words[0]):
                words.pop(0)
            if words and Path(words[0]).name == program:
                yield " ".join(words[1:])
