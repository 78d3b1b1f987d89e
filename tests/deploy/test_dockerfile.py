"""The image: locked and hashed dependencies, nothing to build with, an ordinary user, commands that exist."""

import json
import re

from project import ROOT, text_of, why_not

from shared.web.health import health_router

DOCKERFILE = text_of("deploy/Dockerfile").replace("\\\n", " ")
STAGES = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]
BUILD, FINAL = STAGES


def instructions(stage: str, name: str) -> list[str]:
    return [line.split(" ", 1)[1].strip() for line in stage.splitlines() if line.startswith(f"{name} ")]


def ignored() -> list[str]:
    return [line[1:] for line in text_of(".dockerignore").splitlines() if line.startswith("!")]


def test_both_stages_start_from_the_same_python():
    assert {stage.split()[0] for stage in STAGES} == {"python:3.11-slim-bookworm"}


def test_what_is_copied_exists_and_is_not_ignored():
    for line in instructions(BUILD, "COPY"):
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists()
            assert source in ignored()


def test_what_is_let_through_exists():
    assert all((ROOT / name).exists() for name in ignored())


def test_nothing_is_installed_without_its_hash():
    installs = re.findall(r"uv pip (?:sync|install)[^&\n]*", DOCKERFILE)
    assert len(installs) == 3
    for command in installs:
        assert "--require-hashes" in command or ("--no-deps" in command and "/dist/socle-" in command)
    assert "--no-build-isolation" in BUILD


def test_the_image_uses_the_uv_of_the_makefile():
    version = re.search(r"UV_VERSION := (\S+)", text_of("Makefile"))
    assert version
    assert f"uv=={version[1]}" in BUILD


def test_the_locks_have_hashes():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = text_of(name)
        packages = re.findall(r"^[A-Za-z0-9._-]+==", text, re.MULTILINE)
        assert len(packages) <= text.count("--hash=sha256:")


def test_the_final_stage_has_the_program_and_nothing_to_build_with():
    assert instructions(FINAL, "COPY") == ["--from=build /opt/socle /opt/socle"]
    assert "pip uninstall --yes" in FINAL
    assert not re.search(r"apt-get|requirements-dev|uv ", FINAL)


def test_the_program_runs_as_an_ordinary_user():
    users = instructions(FINAL, "USER")
    assert users
    assert users[-1].split(":")[0] not in ("root", "0")
    assert FINAL.index("USER") < FINAL.index("ENTRYPOINT")


def test_the_default_command_exists():
    assert json.loads(instructions(FINAL, "ENTRYPOINT")[0]) == ["socle"]
    # The health check has its own CMD, on an indented line.
    assert why_not(json.loads(instructions(FINAL, "CMD")[0])) is None


def test_the_health_check_asks_a_path_and_a_port_that_exist():
    paths = {getattr(route, "path", "") for route in health_router(dict).routes}
    url = re.search(r"http://127\.0\.0\.1:(\d+)(/[\w/]+)", instructions(FINAL, "HEALTHCHECK")[0])
    assert url
    assert url[2] in paths
    assert url[1] == instructions(FINAL, "EXPOSE")[0]
    assert url[1] in instructions(FINAL, "CMD")[0]
