"""Which errors of a publication are trouble around us (it goes on later), and which are bugs of ours."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.blobs import BlobMissing

AROUND_US = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver says when it is used while its connection dies
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


def is_outage(error: BaseException) -> bool:
    """Whether `error` says nothing about the deposit. A blob that is gone is no outage: waiting brings nothing back."""
    if isinstance(error, BlobMissing):
        return False
    if isinstance(error, asyncpg.QueryCanceledError):
        return False
    if isinstance(error, AROUND_US):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = error.__cause__ or getattr(error, "orig", None)
    return cause is not None and is_outage(cause)
