"""What the operator's verification says of versions of every mode, kept or purged."""

from collections.abc import Awaitable, Callable

import pytest
from catalog_samples import MURET_DELIBERATIONS, deliberation, fetch

from services.catalog.publish import PublishTools
from services.catalog.publish.decide import DecideTools, restore, roll_back, withdraw
from services.catalog.publish.retention import Policy, purge
from services.cli.verify import verify
from shared.audit import OPERATOR
from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]

OF_VERSIONS = {"one-version-each", "pointers-forward", "rows-of-versions", "versions-kept", "consolidated"}


async def broken(database: str, tmp_blobs: str) -> set[str]:
    return {one.invariant for one in await verify(database, tmp_blobs)} & OF_VERSIONS


@pytest.fixture
async def past(publish: Publish, tools: PublishTools) -> None:
    """Versions 1 to 7: replace, upsert, delete, replace of all, rollback, withdrawal, back again."""
    deciding = DecideTools(tools.engine, tools.sessions, tools.blobs, tools.registry)
    await publish([deliberation(f"{n}") for n in range(10)])
    await publish([deliberation("1", DELIB_OBJET="x"), deliberation("20")], mode="upsert")
    await publish([deliberation("2"), deliberation("99")], mode="delete")
    await publish([deliberation(f"{n}") for n in range(8)], scope="all")
    await roll_back(MURET_DELIBERATIONS, 2, deciding, decided_by=OPERATOR)
    await withdraw(MURET_DELIBERATIONS, "Erreur.", deciding, decided_by=OPERATOR)
    await restore(MURET_DELIBERATIONS, deciding, decided_by=OPERATOR)


@pytest.mark.usefixtures("past")
async def test_every_mode_holds_before_and_after_a_purge(database: str, tmp_blobs: str, tools: PublishTools) -> None:
    assert len(await fetch(database, "SELECT FROM catalog.version")) == 7
    assert await broken(database, tmp_blobs) == set()
    assert await purge(tools.sessions, tools.blobs, registry=tools.registry, policy=Policy(versions=3)) == 4
    assert await broken(database, tmp_blobs) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalog.version SET equals_number = 1 WHERE number = 5",
        "DELETE FROM data.deliberations WHERE from_publication = 2",
        "UPDATE catalog.version SET rows = 1 WHERE number = 6",
        "UPDATE data.deliberations SET to_publication = 4 WHERE to_publication = 3",
        "UPDATE catalog.version SET decided_by = NULL WHERE number = 6",
    ],
)
@pytest.mark.usefixtures("past")
async def test_what_is_wrong_with_a_mode_is_named(database: str, tmp_blobs: str, statement: str) -> None:
    await fetch(database, statement)
    assert await broken(database, tmp_blobs) != set()
