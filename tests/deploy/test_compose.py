"""The files of `deploy/` name only what exists: commands, ports, paths, variables. No Docker engine is needed."""

import os
import re
from typing import Any

import pytest
import yaml
from project import ROOT, pages, text_of, why_not

from services.validator.settings import ValidatorSettings
from shared.worker import DRAIN_SECONDS

COMPOSE: dict[str, Any] = yaml.safe_load(text_of("deploy/compose.yaml"))
PROCESSES = {name: one for name, one in COMPOSE["services"].items() if "SOCLE_DATABASE_URL" in one["environment"]}
WEB = {name: one for name, one in PROCESSES.items() if one["command"][0] == "serve"}
WORKERS = {name: one for name, one in PROCESSES.items() if one["command"][0] == "work"}

STORE_VARIABLES = {
    "AWS_ACCESS_KEY_ID",
    "AWS_ALLOW_HTTP",
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
}
"""Read by obstore, as by any S3 client."""

SERVER_VARIABLES = {"FORWARDED_ALLOW_IPS"}
"""Read by uvicorn."""

COMPOSE_ONLY = {"GARAGE_RPC_SECRET", "POSTGRES_PASSWORD", "SOCLE_IMAGE", "VALKEY_PASSWORD"}
"""Variables that compose.yaml gives to other programs than ours, or uses itself."""

INTERPOLATED = re.compile(r"\$\{([A-Z_]+)")


def gigabytes(text: str) -> float:
    return float(text[:-1]) * {"g": 1, "m": 1 / 1024}[text[-1]]


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_runs_a_command_that_exists(name: str):
    entrypoint, *words = PROCESSES[name].get("entrypoint", ["socle"])
    assert entrypoint == "socle"
    assert why_not([*words, *PROCESSES[name]["command"]]) is None


def test_every_target_has_its_process():
    commands = {tuple(one["command"][:2]) for one in PROCESSES.values()}
    services = set(pages().settings_classes())
    assert {service for verb, *rest in commands if verb == "work" for service in rest} == services
    assert {service for verb, *rest in commands if verb == "serve" for service in rest} == services | {"all"}


def variables_for(name: str) -> set[str]:
    """Variables that the settings of a process's service know."""
    command = PROCESSES[name]["command"]
    readers = {"tous", *(pages().settings_classes() if command[1:2] == ["all"] else command[1:2])}
    return {one.name for one in pages().every_variable().values() if one.reader in readers}


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_gets_the_variables_of_its_settings_and_no_other(name: str):
    given = set(PROCESSES[name]["environment"])
    assert given - STORE_VARIABLES - SERVER_VARIABLES == variables_for(name)
    assert given >= STORE_VARIABLES


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_cannot_start_without_what_has_no_default(name: str):
    required = {one.name for one in pages().every_variable().values() if one.required}
    environment = PROCESSES[name]["environment"]
    assert all(environment[variable] == f"${{{variable}:?}}" for variable in required)


def test_every_variable_of_compose_is_in_the_example_and_the_other_way_round():
    text = text_of("deploy/compose.yaml")
    passed_on = {
        name
        for one in COMPOSE["services"].values()
        for name, value in (one.get("environment") or {}).items()
        if value is None
    }
    assert set(INTERPOLATED.findall(text)) | passed_on == set(pages().env_example())


def test_the_example_shows_every_setting_with_its_default_and_says_why():
    example = pages().env_example()
    variables = pages().every_variable()
    assert set(example) == set(variables) | STORE_VARIABLES | COMPOSE_ONLY
    for name, variable in variables.items():
        value, words, active = example[name]
        assert words.endswith("."), f"{name}: no sentence"
        if active:
            assert variable.required or value != variable.default, f"{name}: a default needs no line"
        else:
            assert not variable.required, f"{name} has no default"
            assert value == variable.default, name


def test_the_example_is_readable_by_the_settings_it_shows(monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in os.environ if name.startswith(("SOCLE_", "INGEST_", "VALIDATOR_", "CATALOG_"))]:
        monkeypatch.delenv(name)
    for name, (value, _, active) in pages().env_example().items():
        if active or value:
            monkeypatch.setenv(name, value)
    for settings in pages().settings_classes().values():
        settings()


def test_the_example_holds_no_secret():
    secret = re.compile(r"PASSWORD$|SECRET|PEPPER$|ACCESS_KEY_ID$")
    values = {value for name, (value, _, _) in pages().env_example().items() if secret.search(name)}
    assert values == {"CHANGEZ-MOI"}


def test_the_addresses_of_the_example_are_services_of_compose():
    values = " ".join(value for value, _, _ in pages().env_example().values())
    hosts = {host for host, _ in re.findall(r"(?:@|//)([a-z]+):(\d+)", values)}
    assert hosts <= set(COMPOSE["services"])
    assert hosts == {"postgres", "valkey", "garage"}


def test_only_caddy_is_seen_from_outside():
    assert [name for name, one in COMPOSE["services"].items() if one.get("ports")] == ["caddy"]
    reach_outside = {name for name, network in COMPOSE["networks"].items() if not (network or {}).get("internal")}
    assert [name for name, one in COMPOSE["services"].items() if set(one["networks"]) & reach_outside] == ["caddy"]


def test_workers_are_reached_by_no_web_network():
    assert all(one["networks"] == ["back"] for one in WORKERS.values())
    assert set(COMPOSE["services"]["caddy"]["networks"]) == {"edge", "front"}


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_is_confined(name: str):
    one = PROCESSES[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in one["security_opt"]


@pytest.mark.parametrize("name", [*WEB, *WORKERS])
def test_a_process_comes_back_and_waits_for_the_migration(name: str):
    one = PROCESSES[name]
    assert one["restart"] == "unless-stopped"
    assert one["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert one["deploy"]["resources"]["limits"]["memory"]
    assert int(one["stop_grace_period"].removesuffix("s")) > DRAIN_SECONDS


def test_the_operator_s_command_starts_only_when_asked_for():
    assert PROCESSES["admin"]["profiles"] == ["tools"]
    assert PROCESSES["admin"]["restart"] == "no"


def test_the_migration_runs_once():
    migrate = PROCESSES["migrate"]
    assert migrate["restart"] == "no"
    assert migrate["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_what_a_service_waits_for_has_a_health_check():
    for one in COMPOSE["services"].values():
        for name, how in one.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "test" in COMPOSE["services"][name]["healthcheck"], name


@pytest.mark.parametrize(
    ("name", "setting"), [("work-validator", "worker_children"), ("serve-validator", "web_children")]
)
def test_examinations_fit_the_memory_of_their_container(name: str, setting: str):
    fields = ValidatorSettings.model_fields
    examinations = fields[setting].default * fields["resident_bytes"].default / (1 << 30)
    assert gigabytes(PROCESSES[name]["deploy"]["resources"]["limits"]["memory"]) >= examinations + 1


def test_connections_fit_what_postgresql_allows():
    allowed = re.search(r"max_connections=(\d+)", " ".join(COMPOSE["services"]["postgres"]["command"]))
    assert allowed
    size = int(pages().every_variable()["SOCLE_DATABASE_POOL_SIZE"].default)
    engines = 2 * len(pages().settings_classes()) * 2  # web and worker of each, up to two engines in a process
    assert size * engines < int(allowed[1])


def test_mounted_files_exist():
    for one in COMPOSE["services"].values():
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (ROOT / "deploy" / source).is_file()
            elif ":" in volume:
                assert source in COMPOSE["volumes"]


def test_the_secrets_file_is_not_tracked():
    assert ".env" in text_of("deploy/.gitignore").split()


def test_the_store_keeps_what_it_was_given_through_a_power_cut():
    settings = text_of("deploy/garage.toml")
    assert "metadata_fsync = true" in settings
    assert "data_fsync = true" in settings
