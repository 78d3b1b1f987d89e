"""What a check looks with: one read-only instant of the database, and the blobs it must find."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cli.verify.invariants import Violation
from shared.registry import Registry


@dataclass(frozen=True, slots=True)
class Promise:
    """A blob that a record names; what is None is not known to the record."""

    invariant: str
    subject: str
    name: str
    sha256: str
    size_bytes: int | None = None


class Look:
    """Collects what the checks find."""

    def __init__(self, connection: AsyncConnection, registry: Registry) -> None:
        self.registry = registry
        self.violations: list[Violation] = []
        self.promises: list[Promise] = []
        self._connection = connection

    async def rows(self, statement: str, **values: object) -> list[Mapping[str, Any]]:
        """The rows of a statement of ours, as mappings."""
        result = await self._connection.execute(text(statement), values)
        return [dict(row) for row in result.mappings()]

    def broken(self, invariant: str, subject: object, detail: str) -> None:
        """Note a violation."""
        self.violations.append(Violation(invariant, str(subject), detail))

    async def each_breaks(self, invariant: str, detail: str, statement: str, **values: object) -> None:
        """Each row of the statement is a violation: its first column the subject, the others the detail's values."""
        for row in await self.rows(statement, **values):
            subject, *_ = row.values()
            self.broken(invariant, subject, detail.format(**row))

    def must_exist(self, promise: Promise) -> None:
        """Note a blob to look at afterwards."""
        self.promises.append(promise)
