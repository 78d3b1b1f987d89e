"""The operator reads the trail, and has it verified."""

import asyncpg
from commands import socle
from journal import PEPPER


async def test_a_tampered_trail_is_told(database: str) -> None:
    def admin(*words: str):
        return socle("admin", *words, SOCLE_DATABASE_URL=database, SOCLE_KEY_PEPPER=PEPPER)

    assert admin("vendor", "create", "Logiciels du Midi").returncode == 0
    listed = admin("audit", "list", "--vendor", "Logiciels du Midi")
    assert "vendor.create" in listed.stdout
    whole = admin("audit", "verify")
    assert whole.returncode == 0, whole.stderr
    owner = await asyncpg.connect(database)
    await owner.execute("UPDATE audit.head SET position = 3")
    await owner.close()
    broken = admin("audit", "verify")
    assert broken.returncode == 1
    assert "ligne 1 à 3" in broken.stderr
