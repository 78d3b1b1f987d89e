"""Caddy sends each path where the gateway of one machine would send it."""

import re

import yaml
from project import SERVICES, app_of, pages, text_of

from services.cli.merged_api import path_table

CADDYFILE = text_of("deploy/Caddyfile")
ROUTES = re.compile(r"@(\w+) path (.+)\n\thandle @(\w+) \{\n\t\timport to ([\w-]+)\n")


def routed() -> dict[str, str]:
    """Path pattern → the process behind it."""
    found = {}
    for matcher, paths, used, process in ROUTES.findall(CADDYFILE):
        assert matcher == used
        found |= dict.fromkeys(paths.split(), process)
    return found


def process_for(path: str) -> str:
    for pattern, process in routed().items():
        if path == pattern or (pattern.endswith("/*") and path.startswith(pattern[:-1])):
            return process
    return "serve-all"


def test_every_path_of_a_service_goes_to_its_process():
    wrong = {
        path: process_for(path)
        for service in SERVICES
        for path in app_of(service).openapi()["paths"]
        if process_for(path) != f"serve-{service}"
    }
    assert not wrong


def test_every_route_of_caddy_is_a_segment_that_a_service_owns():
    table = path_table({service: app_of(service) for service in SERVICES})
    segments = {pattern.removesuffix("/*"): process for pattern, process in routed().items()}
    assert segments == {segment: f"serve-{service}" for segment, service in table.items()}


def test_everything_else_goes_to_the_pages():
    assert re.search(r"\thandle \{\n\t\timport to serve-all\n", CADDYFILE)
    for path in ("/", "/docs", "/openapi.json", "/ingest/docs", "/health/ready"):
        assert process_for(path) == "serve-all"


def test_the_processes_behind_caddy_exist_and_listen_there():
    compose = yaml.safe_load(text_of("deploy/compose.yaml"))["services"]
    port = re.search(r"port (\d+)", CADDYFILE)
    assert port
    for process in {*routed().values(), "serve-all"}:
        command = compose[process]["command"]
        assert command[command.index("--port") + 1] == port[1]
        assert set(compose[process]["networks"]) & set(compose["caddy"]["networks"])


def test_caddy_reads_only_variables_it_is_given():
    compose = yaml.safe_load(text_of("deploy/compose.yaml"))["services"]
    assert set(re.findall(r"\{\$([A-Z_]+)", CADDYFILE)) == set(compose["caddy"]["environment"])
    assert set(compose["caddy"]["environment"]) <= set(pages().env_example())


def test_braces_are_balanced():
    assert CADDYFILE.count("{") == CADDYFILE.count("}")
