"""Trouble around us, or a bug of ours."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.blobs import BlobMissing
from shared.outages import is_outage


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        OSError(28, "no space left"),
        asyncpg.AdminShutdownError(),
        asyncpg.TooManyConnectionsError(),
        DBAPIError("SELECT 1", None, Exception(), connection_invalidated=True),
    ],
)
def test_trouble_around_us_is_an_outage(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        BlobMissing("raw/0"),
        asyncpg.QueryCanceledError(),
        IntegrityError("INSERT", None, Exception()),
    ],
)
def test_what_waiting_does_not_mend_is_not(error: Exception) -> None:
    assert not is_outage(error)


def test_the_cause_of_an_error_tells() -> None:
    error = RuntimeError()
    error.__cause__ = ConnectionResetError()
    assert is_outage(error)
