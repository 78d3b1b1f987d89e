"""The sandbox is made once, found again, and mended."""

from dataclasses import replace

import pytest
from journal import MURET, PEPPER, SessionsOf

from services.cli.data_folder import DataFolder, Sandbox
from services.cli.sandbox import VENDOR_NAME, make_sandbox
from services.ingest.admin import list_habilitations, list_keys
from services.ingest.keys import parse_key, revoke_key

CAZERES = "213101355"
URL = "http://127.0.0.1:8000"


@pytest.fixture
def folder(tmp_path) -> DataFolder:
    return DataFolder(tmp_path)


@pytest.fixture
def make(sessions_of: SessionsOf, folder: DataFolder):
    async def run(base_url: str = URL) -> tuple[Sandbox, set[str]]:
        wanted = {CAZERES, "999999999"}
        return await make_sandbox(sessions_of("socle_ingest"), folder, base_url=base_url, pepper=PEPPER, wanted=wanted)

    return run


async def test_it_is_for_muret_and_for_the_organisations_wanted_that_exist(make, sessions_of, folder):
    sandbox, known = await make()
    assert (sandbox.organisation, sandbox.base_url, known) == (MURET, URL, {CAZERES})
    assert folder.read_sandbox() == sandbox
    granted = await list_habilitations(sessions_of("socle_ingest"))
    assert {(vendor.name, owner.siren) for _, vendor, owner, _ in granted} == {
        (VENDOR_NAME, MURET),
        (VENDOR_NAME, CAZERES),
    }


async def test_a_second_start_keeps_the_key_and_tells_the_new_address(make, sessions_of):
    first, _ = await make()
    second, _ = await make("http://127.0.0.1:9000")
    assert second == replace(first, base_url="http://127.0.0.1:9000")
    assert len(await list_keys(sessions_of("socle_ingest"))) == 1
    assert len(await list_habilitations(sessions_of("socle_ingest"))) == 2


async def test_a_key_that_is_no_longer_valid_is_replaced(make, sessions_of, folder):
    first, _ = await make()
    parsed = parse_key(first.api_key)
    assert parsed is not None
    await revoke_key(sessions_of("socle_ingest"), prefix=parsed[0])
    second, _ = await make()
    assert second.api_key != first.api_key
    folder.write_sandbox(replace(second, api_key="mangled"))
    third, _ = await make()
    assert third.api_key not in (first.api_key, second.api_key, "mangled")
