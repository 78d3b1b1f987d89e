"""Small rooms: a file fits a screenful of thought, a function fits a screen."""

import ast
from collections.abc import Iterator
from pathlib import Path

from project import python_files, syntax_of, text_of

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "managers", "misc"}

LONG_FILES = {
    Path("shared/migrations/versions/0001_first_tables.py"): "a migration is written once and never split",
}

LONG_FUNCTIONS = {
    ("shared/migrations/versions/0001_first_tables.py", "upgrade"): "a migration is written once and never split",
}

CODE = python_files("services", "shared")
TESTS = python_files("tests", "docs")


def test_no_file_is_too_long():
    lengths = {path: len(text_of(path).splitlines()) for path in CODE + TESTS if path not in LONG_FILES}
    assert not {str(path): lines for path, lines in lengths.items() if lines > MAX_FILE_LINES}


def test_no_function_is_too_long():
    lengths = {(str(path), name): lines for path in CODE for name, lines in function_lines(path)}
    assert not {
        one: lines for one, lines in lengths.items() if lines > MAX_FUNCTION_LINES and one not in LONG_FUNCTIONS
    }


def function_lines(path: Path) -> Iterator[tuple[str, int]]:
    """(name, lines) of each function, its decorators left out: the options of a route are data."""
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def test_rooms_are_named_for_a_step_or_a_thing():
    parts = {part.removesuffix(".py"): path for path in CODE + TESTS for part in path.parts}
    assert not {name: str(path) for name, path in parts.items() if name in FORBIDDEN_NAMES}


def test_tests_are_not_packages():
    assert not [path for path in TESTS if path.name == "__init__.py"]


def test_exceptions_to_the_sizes_are_still_needed():
    assert all(len(text_of(path).splitlines()) > MAX_FILE_LINES for path in LONG_FILES)
    for path, name in LONG_FUNCTIONS:
        assert dict(function_lines(Path(path)))[name] > MAX_FUNCTION_LINES
