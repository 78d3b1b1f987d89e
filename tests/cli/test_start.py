"""`socle start` as a person runs it: real servers, real processes, Ctrl-C, kill -9, a second start."""

import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from apart import alive, wait_until
from commands import socle

DEMO = Path(__file__).parents[2] / "services" / "cli" / "demo_files"
READY = "Socle est prêt"
PATIENCE_SECONDS = 120


class Start:
    """A `socle start` in another process, its output in a file."""

    def __init__(self, folder: Path, port: int, **environment: str) -> None:
        self.data_path = folder / "données de Socle"
        self.port = port
        self.output_path = folder / f"output-{time.monotonic_ns()}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SOCLE_")}
        own = {"SOCLE_DATA_DIR": str(self.data_path), "SOCLE_PORT": str(port), **environment}
        with self.output_path.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.cli.main", "start"],
                env=kept | own,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.output_path.read_text()

    def wait_until_ready(self) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while READY not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)
        return self.output

    def stop(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def sandbox(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.data_path / "sandbox.json").read_text())
        return found

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def processes(self) -> set[int]:
        """Every process that names our data folder, in its command or its environment."""
        found = set()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if os.fsencode(self.data_path) in words:
                found.add(int(entry.name))
        return found

    def wait_until_gone(self) -> None:
        wait_until(lambda: not any(map(alive, self.processes())), 30)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's: a socket's path is short."""
    with tempfile.TemporaryDirectory(prefix="socle start é ") as path:
        yield Path(path)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


@pytest.fixture
def start(folder: Path, port: int) -> Iterator[type[Start]]:
    """Make starts with `start(**environment)`; whatever still runs is stopped at the end."""
    made: list[Start] = []

    def make(**environment: str) -> Start:
        made.append(Start(folder, port, **environment))
        return made[-1]

    yield make  # type: ignore[misc]
    for one in made:
        one.stop()


@pytest.mark.long
def test_from_nothing_to_a_demonstration_and_back_again(start, tmp_path: Path):
    first = start()
    shown = first.wait_until_ready()
    assert "[11/11]" in shown
    for words in ("Verdicts", "Trois constats de", "Jeux de données consolidés", "curl", f":{first.port}/docs"):
        assert words in shown
    rows = dict(re.findall(r"^(\w+) \| [^|]+ \| \d+ \| ([\d\u202f]+)$", shown, re.MULTILINE))
    assert set(rows) == {"bal", "deliberations", "equipements", "marches", "prenoms", "subventions"}

    sandbox = first.sandbox()
    assert set(sandbox) == {"base_url", "api_key", "organisation"}
    assert sandbox["organisation"] == "213103955"
    assert stat.S_IMODE((first.data_path / "sandbox.json").stat().st_mode) == 0o600
    assert sandbox["api_key"] in first.get("/")[1]
    assert json.loads(first.get("/v1/status")[1])["oldest_waiting_seconds"] is None

    here = {"SOCLE_DATA_DIR": str(first.data_path)}
    valid, dirty = str(DEMO / "deliberations-cazeres.csv"), str(DEMO / "deliberations-revel-siret-faux.csv")
    pushed = socle("push", valid, "--schema", "deliberations", "--wait", **here)
    assert (pushed.returncode, "publié : deliberations-muret, version 1" in pushed.stdout) == (0, True), pushed
    pushed = socle("push", valid, "--schema", "deliberations", "--wait", **here)
    assert (pushed.returncode, "inchangé" in pushed.stdout) == (0, True), pushed
    pushed = socle("push", dirty, "--schema", "deliberations", "--wait", **here)
    assert (pushed.returncode, "COLL_SIRET" in pushed.stdout) == (1, True), pushed
    pushed = socle("push", valid, "--schema", "deliberations", "--organisation", "211300017", **here)
    assert pushed.returncode == 2
    for verified in (socle("admin", "verify", "--wait-seconds", "5", **here),):
        assert verified.returncode == 0, verified.stdout
    _, before = first.get("/v1/datasets/deliberations/records?limit=5&sort=DELIB_ID")

    assert first.stop(signal.SIGINT) == 0, first.output
    assert "Tout est arrêté" in first.output
    assert "Traceback" not in first.output
    first.wait_until_gone()
    assert not (first.data_path / "running.json").exists()

    second = start()
    shown = second.wait_until_ready()
    assert "Données retrouvées : 14 dépôts" in shown
    assert "[1/11]" not in shown
    assert second.sandbox() == sandbox
    assert second.get("/v1/datasets/deliberations/records?limit=5&sort=DELIB_ID")[1] == before
    assert second.stop(signal.SIGTERM) == 0, second.output
    second.wait_until_gone()


@pytest.mark.long
def test_what_a_killed_start_leaves_is_taken_over(start):
    first = start(SOCLE_DEMO="0")
    assert "Démonstration" not in first.wait_until_ready()
    key = first.sandbox()["api_key"]
    children = first.processes() - {first.process.pid}
    assert len(children) >= 4
    first.stop(signal.SIGKILL)

    second = start()
    shown = second.wait_until_ready()
    assert "Démonstration" not in shown, "it was declined at the first start"
    assert "Données retrouvées" in shown
    assert second.sandbox()["api_key"] == key
    assert not any(map(alive, children))
    assert second.stop() == 0


@pytest.mark.long
def test_a_folder_in_use_is_refused_in_a_sentence(start, folder: Path):
    first = start(SOCLE_DEMO="0")
    first.wait_until_ready()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other = Start(folder, probe.getsockname()[1])
        probe.close()
    assert other.process.wait(30) == 1
    assert "déjà utilisé par un Socle en marche" in other.output
    assert "Traceback" not in other.output
    assert first.get("/health/ready")[0] == 200


@pytest.mark.long
def test_ctrl_c_before_everything_is_ready_stops_everything(start):
    early = start()
    wait_until(lambda: "Les services démarrent" in early.output, 60)
    assert early.stop(signal.SIGINT) == 0, early.output
    assert "Traceback" not in early.output
    early.wait_until_gone()


def test_a_busy_port_is_refused_in_a_sentence_and_nothing_is_started(folder: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = Start(folder, taken.getsockname()[1])
        assert refused.process.wait(30) == 1
    assert "est déjà pris" in refused.output
    assert "SOCLE_PORT=" in refused.output
    assert "Traceback" not in refused.output
    assert not refused.data_path.exists()


def test_an_unreadable_port_is_named(folder: Path):
    refused = Start(folder, 0)
    assert refused.process.wait(30) == 2
    assert "SOCLE_PORT" in refused.output
