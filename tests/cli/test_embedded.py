import asyncio
import os
import signal
from pathlib import Path
from time import monotonic

import asyncpg
import pytest
from apart import Run, alive, recall, remember, wait_until
from arq import create_pool
from arq.connections import RedisSettings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.cli.embedded import EmbeddedRefusal, start_postgres, start_valkey
from services.cli.embedded.folders import LONGEST_SOCKET_PATH_BYTES


async def test_the_clients_of_the_services_reach_both_servers(postgres_dsn: str, valkey_url: str) -> None:
    engine = create_async_engine(postgres_dsn.replace("postgresql:", "postgresql+asyncpg:", 1))
    async with engine.connect() as connection:
        row = (await connection.execute(text("SELECT current_user, current_database(), version()"))).one()
    await engine.dispose()
    assert row[:2] == ("socle", "socle")
    assert row[2].startswith("PostgreSQL 18")

    pool = await create_pool(RedisSettings.from_dsn(valkey_url))
    settings = await pool.config_get("append*", "maxmemory-policy")
    await pool.aclose()
    assert (settings["appendonly"], settings["appendfsync"]) == ("yes", "everysec")
    assert settings["maxmemory-policy"] == "noeviction"


async def test_what_is_committed_is_durable_in_utf8_and_utc(data_path: Path) -> None:
    running = start_postgres(data_path)
    try:
        connection = await asyncpg.connect(running.dsn)
        names = ("fsync", "synchronous_commit", "server_encoding", "TimeZone", "max_connections")
        shown = [await connection.fetchval(f"SHOW {name}") for name in names]
        sorted_words = await connection.fetchval("SELECT string_agg(w, '' ORDER BY w) FROM unnest('{é,b,a}'::text[]) w")
        lowered = await connection.fetchval("SELECT lower('ÉTÉ')")
        await connection.close()
    finally:
        running.stop()
    assert shown == ["on", "on", "UTF8", "UTC", "100"]
    assert (sorted_words, lowered) == ("abé", "été")


@pytest.mark.long
async def test_a_second_start_finds_the_data_again_even_under_a_long_path_with_spaces(data_path: Path) -> None:
    deep = data_path / "un dossier au nom très long" / ("x" * LONGEST_SOCKET_PATH_BYTES)
    for word in ("un", "deux"):
        postgres, valkey = start_postgres(deep), start_valkey(deep)
        await remember(postgres.dsn, valkey.url, word)
        postgres.stop()
        valkey.stop()
    postgres, valkey = start_postgres(deep), start_valkey(deep)
    kept = await recall(postgres.dsn, valkey.url)
    sockets = postgres.server.socket_path
    postgres.stop()
    valkey.stop()
    assert kept == (["un", "deux"], ["un", "deux"])
    assert not sockets.exists()
    assert (postgres.pid, valkey.pid) == (None, None)


async def test_killing_the_parent_stops_both_servers_and_loses_nothing(run_both: Run) -> None:
    parent, first = run_both()
    await remember(first["dsn"], first["url"], "gardé")
    parent.kill()
    wait_until(lambda: not any(map(alive, first["pids"] + first["guardians"])))

    _, second = run_both()
    assert (second["dsn"], second["url"]) == (first["dsn"], first["url"])
    assert await recall(second["dsn"], second["url"]) == (["gardé"], ["gardé"])


@pytest.mark.long
async def test_a_run_started_right_after_a_kill_takes_over(run_both: Run) -> None:
    parent, first = run_both()
    await remember(first["dsn"], first["url"], "gardé")
    parent.kill()
    parent.wait()
    _, second = run_both()
    assert await recall(second["dsn"], second["url"]) == (["gardé"], ["gardé"])


async def test_servers_that_outlived_their_guardians_are_taken_over(run_both: Run) -> None:
    parent, first = run_both()
    await remember(first["dsn"], first["url"], "gardé")
    for pid in (*first["guardians"], parent.pid):
        os.kill(pid, signal.SIGKILL)
    parent.wait()
    assert all(map(alive, first["pids"]))

    _, second = run_both()
    assert not any(map(alive, first["pids"]))
    assert await recall(second["dsn"], second["url"]) == (["gardé"], ["gardé"])


def test_a_second_live_run_on_the_same_folder_is_refused(run_both: Run, data_path: Path) -> None:
    parent, first = run_both()
    for start in (start_postgres, start_valkey):
        with pytest.raises(EmbeddedRefusal, match=rf"déjà utilisé par un Socle en marche \(processus {parent.pid}\)"):
            start(data_path)
    assert all(map(alive, first["pids"]))


@pytest.mark.long
async def test_a_killed_server_comes_back_at_the_same_address(run_both: Run) -> None:
    _, run = run_both()
    await remember(run["dsn"], run["url"], "gardé")
    await asyncio.sleep(1.1)  # a killed Valkey may lose what is younger than its one-second fsync
    for pid in run["pids"]:
        os.kill(pid, signal.SIGKILL)
    deadline = monotonic() + 60
    while True:
        try:
            assert await recall(run["dsn"], run["url"]) == (["gardé"], ["gardé"])
            return
        except (OSError, asyncpg.PostgresError, ConnectionError):
            assert monotonic() < deadline
            await asyncio.sleep(0.05)


@pytest.mark.long
def test_a_pid_file_whose_number_belongs_to_another_program_is_forgotten(data_path: Path) -> None:
    start_postgres(data_path, durable=False).stop()
    (data_path / "postgres" / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n{data_path}\n")
    running = start_postgres(data_path, durable=False)
    running.stop()
    assert running.pid is None


@pytest.mark.long
def test_a_creation_that_was_killed_half_way_is_done_again(data_path: Path) -> None:
    unfinished = data_path / "postgres" / "unfinished-abc"
    unfinished.mkdir(parents=True)
    unfinished.parent.chmod(0o700)
    (unfinished / "PG_VERSION").write_text("18\n")
    start_postgres(data_path, durable=False).stop()
    assert not unfinished.exists()


def test_a_cluster_of_another_major_version_is_refused(data_path: Path) -> None:
    cluster = data_path / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    cluster.parent.chmod(0o700)
    (cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedRefusal, match="PostgreSQL 17"):
        start_postgres(data_path)


def test_a_server_that_cannot_start_names_its_log(data_path: Path) -> None:
    running = start_valkey(data_path)
    running.stop()
    for part in (data_path / "valkey" / "appendonlydir").glob("*.manifest"):
        part.write_text("nonsense\n")
    with pytest.raises(EmbeddedRefusal, match=r"s'est arrêté aussitôt .*valkey\.log"):
        start_valkey(data_path)


def test_a_folder_open_to_others_is_refused(data_path: Path) -> None:
    (data_path / "valkey").mkdir(mode=0o755)
    with pytest.raises(EmbeddedRefusal, match="0700"):
        start_valkey(data_path)
