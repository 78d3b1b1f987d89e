"""The schemas of free data sets, which their producers declare."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from shared.models.columns import long_text, moment_now


class FreeSchema(SQLModel, table=True):
    """A version of the schema of a free data set; its document never changes. Written by catalog."""

    __tablename__ = "free_schema"
    __table_args__ = ({"schema": "catalog"},)

    dataset_id: str = Field(primary_key=True, foreign_key="catalog.dataset.id")
    number: int = Field(primary_key=True)
    """1, 2, 3…: the version as files name it."""
    sha256: str = Field(max_length=64)
    """Of the document in UTF-8."""
    document: str = long_text()
    """A Table Schema in JSON, as it was kept: what means nothing here has been left out."""
    declared_by: str
    """`key <prefix>`."""
    declared_at: datetime = moment_now()
    changed_at: datetime = moment_now()
    """When it was declared, or when what its data set says of itself last changed."""
