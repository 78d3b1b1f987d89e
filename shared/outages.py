"""Which errors of a job are trouble around us (it goes on later), and which are bugs of ours."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.blobs import BlobMissing

AROUND_US = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    InterfaceError,
    OperationalError,
    PoolTimeoutError,
    OSError,
)
"""`OSError` covers the disk, the network and time-outs; `InternalClientError` is what the driver says when it is used
while its connection dies."""


def is_outage(error: BaseException) -> bool:
    """Whether `error` says nothing about the deposit. A blob that is gone is no outage: waiting brings nothing back."""
    if isinstance(error, BlobMissing | asyncpg.QueryCanceledError):
        return False
    if isinstance(error, AROUND_US) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return True
    cause = error.__cause__ or getattr(error, "orig", None)
    return cause is not None and is_outage(cause)
