"""What the operator decides about a published data set, from another process."""

import pytest
from commands import socle
from journal import PEPPER


@pytest.fixture
def admin(database: str, tmp_blobs: str):
    def run(*words: str):
        return socle(
            "admin", "dataset", *words, SOCLE_DATABASE_URL=database, SOCLE_KEY_PEPPER=PEPPER, SOCLE_BLOBS_URL=tmp_blobs
        )

    return run


@pytest.mark.parametrize(
    "words",
    [("rollback", "deliberations", "--to", "1"), ("withdraw", "rien", "--reason", "Erreur."), ("restore", "rien")],
)
def test_only_a_published_data_set_of_an_organisation_is_decided_about(admin, words: tuple[str, ...]):
    done = admin(*words)
    assert done.returncode == 2
    assert "Aucun jeu de données d'un organisme" in done.stderr


def test_a_withdrawal_says_why(admin):
    assert "dites pourquoi" in admin("withdraw", "deliberations-muret", "--reason", " ").stderr
