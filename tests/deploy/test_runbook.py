"""The runbook's commands name services, commands and files that exist."""

import re
import shlex

import pytest
import yaml
from project import FENCE, ROOT, text_of, why_not

RUNBOOK = text_of("deploy/README.md")
SERVICES = yaml.safe_load(text_of("deploy/compose.yaml"))["services"]
UUID = "0198d6c2-0000-7000-8000-000000000000"


def compose_commands() -> list[list[str]]:
    """Words after `docker compose` of each command, in blocks and in sentences."""
    blocks = "\n".join(FENCE.findall(RUNBOOK)).replace("\\\n", " ").splitlines()
    sentences = re.findall(r"`([^`\n]+)`", FENCE.sub("", RUNBOOK))
    lines = [re.split(r" [|<>] | # ", line)[0].strip() for line in [*blocks, *sentences]]
    start = "docker compose "
    return [shlex.split(line.removeprefix(start)) for line in lines if line.startswith(start)]


COMMANDS = compose_commands()


def named(words: list[str]) -> list[str]:
    """Services a command names."""
    verb, *rest = words
    plain = [word for word in rest if not word.startswith("-")]
    if verb in ("run", "exec"):
        return plain[:1]
    scaled = [word.split("=")[0] for word in plain if "=" in word]
    return scaled or plain


def test_the_runbook_has_commands():
    assert {words[0] for words in COMMANDS} >= {"build", "up", "run", "exec", "logs"}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_names_services_that_exist(words: list[str]):
    assert set(named(words)) <= set(SERVICES)


@pytest.mark.parametrize("words", [words for words in COMMANDS if "admin" in words], ids=" ".join)
def test_an_operator_s_command_exists(words: list[str]):
    arguments = [UUID if word == "IDENTIFIANT" else word for word in words[words.index("admin") :]]
    if arguments != ["admin", "…"]:
        assert why_not(arguments) is None


def test_the_diagram_names_processes_that_exist():
    drawn = set(re.findall(r"\b(?:serve|work)-[a-z]+\b", RUNBOOK))
    assert drawn == {name for name in SERVICES if name.startswith(("serve-", "work-"))}


def test_the_variables_and_folders_it_names_exist():
    example = text_of("deploy/env.example")
    for name in re.findall(r"`((?:SOCLE|INGEST|VALIDATOR|CATALOG|AWS)_[A-Z_]+)`", RUNBOOK):
        assert f"{name}=" in example, name
    assert all((ROOT / name).is_dir() for name in re.findall(r"`(\w+/\w+/)`", RUNBOOK))
