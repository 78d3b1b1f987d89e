"""What is written in the folder of one machine, and who may read it."""

import stat
from pathlib import Path

import pytest

from services.cli.data_folder import DataFolder, Running, Sandbox, data_folder, write_private

SANDBOX = Sandbox(base_url="http://127.0.0.1:8000", api_key="socle_key", organisation="213103955")


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_sandbox_comes_back_as_it_was_and_only_its_owner_reads_it(folder: DataFolder):
    assert folder.read_sandbox() is None
    folder.write_sandbox(SANDBOX)
    assert folder.read_sandbox() == SANDBOX
    assert mode(folder.sandbox_path) == 0o600


def test_a_sandbox_file_that_makes_no_sense_is_no_sandbox(folder: DataFolder):
    for content in ("", "[]", "{", '{"base_url": "x"}', '{"other": 1}'):
        folder.sandbox_path.write_text(content)
        assert folder.read_sandbox() is None


def test_the_pepper_is_made_once_and_only_its_owner_reads_it(folder: DataFolder):
    pepper = folder.pepper()
    assert len(pepper) >= 32
    assert folder.pepper() == pepper
    assert mode(folder.path / "key_pepper") == 0o600


def test_what_runs_is_forgotten_at_an_orderly_stop(folder: DataFolder):
    running = Running(database_url="postgresql://x", queue_url="unix:///x", blobs_url="file:///x", pid=7)
    folder.write_running(running)
    assert folder.read_running() == running
    folder.forget_running()
    folder.forget_running()
    assert folder.read_running() is None


def test_a_private_file_is_replaced_whole_whatever_its_mode_was(tmp_path: Path):
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_the_folder_is_the_one_that_the_environment_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("SOCLE_DATA_DIR", str(tmp_path / "données de Socle"))
    assert data_folder().path == tmp_path / "données de Socle"
    monkeypatch.delenv("SOCLE_DATA_DIR")
    monkeypatch.chdir(tmp_path)
    assert data_folder().path == tmp_path / ".socle"
