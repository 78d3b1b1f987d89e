"""Puts a statement to the database, within the time that readers have."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.copy_out import driver_connection
from services.catalog.query.statement import Statement
from shared.errors import Refusal, ServiceUnavailable


class QueryTooCostly(Refusal):
    """The database gave up on the question at its time limit."""

    status = 422
    code = "query-too-costly"
    title = "Question trop coûteuse"


Rows = Sequence[Mapping[str, Any]]


class Asks(Protocol):
    """What puts statements to the database, each in a snapshot of its own."""

    async def fetch(self, statement: Statement) -> Rows:
        """The rows of a statement. Raises QueryTooCostly, ServiceUnavailable."""


async def fetch_rows(session: AsyncSession, statement: Statement) -> Rows:
    """On the connection of a session, in its transaction."""
    return await fetch(await driver_connection(await session.connection()), statement)


async def fetch(driver: asyncpg.Connection, statement: Statement) -> Rows:
    """By the driver itself: it keeps prepared statements, and knows the types of the parameters."""
    try:
        rows: Rows = await driver.fetch(statement.sql, *statement.args)
    except asyncpg.QueryCanceledError as error:
        raise QueryTooCostly(
            "Cette question demande trop de calcul.",
            action="Filtrez par une colonne d'identifiant, de code ou de date, ou téléchargez le fichier entier.",
        ) from error
    except asyncpg.OperatorInterventionError as error:
        raise ServiceUnavailable("La base de données ne répond pas pour le moment.") from error
    return rows
