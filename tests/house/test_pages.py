"""Pages that speak of the code say what the code says: tables, commands, links, decisions."""

import ast
import re
from pathlib import Path

import pytest
from project import ROOT, commands_in, pages, python_files, syntax_of, text_of, tracked, why_not
from pydantic_settings import BaseSettings

from services.catalog.publish.guard import EMPTIED, SHRUNK
from services.validator.checks.personal import TO_CONFIRM
from shared.failpoints import FAILPOINTS
from shared.models import DepositState

MARKDOWN = [path for path in tracked() if path.suffix == ".md"]

LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
MAKE_TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)

A_FILE = re.compile(r"(?<!\S)(?:FICHIER|\S+\.csv)(?!\S)")
"""What pages write for a file."""


@pytest.mark.parametrize("name", pages().PAGES)
def test_a_generated_page_is_up_to_date(name: str):
    assert (ROOT / "docs" / name).read_text() == pages().page(name), "run: python docs/generate.py"


def test_every_state_has_its_french_words_and_no_other():
    assert set(pages().STATES) == set(DepositState)


def test_every_failpoint_has_its_place_and_no_other():
    assert set(pages().FAILPOINT_PLACES) == set(FAILPOINTS)


def test_every_failpoint_is_passed_by_the_code_and_listed():
    passed = [
        node.args[0].value
        for path in python_files("services", "shared")
        for node in ast.walk(syntax_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "fail_at"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert set(passed) == set(FAILPOINTS)


READ = re.compile(r"""(?:environ\.get\(|environ\[|envvar=)["'](SOCLE_[A-Z_]+)""")


def test_every_variable_read_outside_the_settings_is_listed():
    read = {name for path in python_files("services", "shared") for name in READ.findall(text_of(path))}
    for settings in pages().every_subclass(BaseSettings):
        prefix = settings.model_config.get("env_prefix", "")
        read |= {pages().variable_name(name, field, prefix) for name, field in settings.model_fields.items()}
    assert read - set(pages().every_variable()) == set(pages().MACHINE_VARIABLES)


@pytest.mark.parametrize("path", MARKDOWN, ids=str)
def test_links_between_pages_lead_somewhere(path: Path):
    targets = [target.split("#")[0] for target in LINK.findall(text_of(path)) if "://" not in target]
    assert not [target for target in targets if target and not (ROOT / path.parent / target).exists()]


def told(path: Path, program: str) -> list[str]:
    """Command lines of a page, with a file that exists for each file and without the `…` of the rest."""
    commands = commands_in(text_of(path), program)
    return [A_FILE.sub(str(ROOT / "pyproject.toml"), command.replace("…", "")).strip() for command in commands]


@pytest.mark.parametrize("path", [path for path in MARKDOWN if path.parts[:2] != ("docs", "decisions")], ids=str)
def test_commands_in_pages_exist(path: Path):
    unknown = {}
    for command in told(path, "socle"):
        words = command.split()
        refused = why_not(words) if words else None
        # A page may name a command without its arguments.
        if refused is not None and not refused.startswith(("MissingParameter", "NoArgsIsHelpError")):
            unknown[command] = refused
    assert not unknown


def test_a_command_that_does_not_exist_would_be_noticed():
    for words in (["serves"], ["serve", "nothing"], ["push", "--bogus"], ["migrate", "twice"], ["admin", "nothing"]):
        assert why_not(words) is not None


@pytest.mark.parametrize("path", MARKDOWN, ids=str)
def test_make_targets_in_pages_exist(path: Path):
    targets = set(MAKE_TARGET.findall(text_of("Makefile")))
    asked = {word for command in told(path, "make") for word in command.split()[:1] if re.fullmatch("[a-z-]+", word)}
    assert asked <= targets


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.name)
def test_a_decision_says_why_what_and_what_enforces_it(path: Path):
    text = path.read_text()
    assert re.match(rf"# {path.name[:4]} — \S", text)
    for part in ("Context", "Decision", "Consequences", "Alternatives", "What enforces it"):
        assert f"**{part}.**" in text
    named = re.findall(r"`((?:tests|services|shared|deploy|docs)/[\w./-]+)`", text)
    assert not [name for name in named if not (ROOT / name).exists()]


def test_everything_that_holds_a_deposit_has_its_line():
    page = (ROOT / "docs" / "retenus.md").read_text()
    assert [code for code in (*TO_CONFIRM, EMPTIED, SHRUNK) if f"| `{code}` |" not in page] == []
