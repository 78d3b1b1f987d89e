"""Column types that a plain SQLModel annotation would get wrong (32-bit counts, naive dates, free text states)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Computed, DateTime, MetaData, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention


def big_integer(**options: Any) -> Any:
    """Sizes and counts: a plain `int` column stops at 2 GiB."""
    return Field(sa_type=BigInteger, **options)


def moment(**options: Any) -> Any:
    """An aware UTC moment."""
    return Field(sa_type=DateTime(timezone=True), **options)


def moment_now(**options: Any) -> Any:
    """A moment set by the database clock at insertion."""
    return moment(
        default=None,
        sa_column_kwargs={"server_default": text("clock_timestamp()")},
        nullable=False,
        **options,
    )


def long_text(**options: Any) -> Any:
    """Text without a length."""
    return Field(sa_type=Text, **options)


def folded(column: str) -> Any:
    """Another column as searches see it, kept by the database: small letters and digits without accents, one space
    around each word."""
    return Field(default=None, sa_type=Text, sa_column_args=(Computed(f"catalog.folded({column})", persisted=True),))


def text_array(**options: Any) -> Any:
    """An array of texts."""
    return Field(sa_type=ARRAY(Text), **options)


def json_object(**options: Any) -> Any:
    """A jsonb document."""
    return Field(sa_type=JSONB, **options)


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Enumerations are text with a CHECK: adding a value is an additive migration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


__all__ = [
    "big_integer",
    "datetime",
    "folded",
    "json_object",
    "long_text",
    "moment",
    "moment_now",
    "one_of",
    "text_array",
]
