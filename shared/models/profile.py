"""What a published data set looks like, measured beside publications."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from shared.models.columns import big_integer, long_text, moment_now


class CatalogProfile(SQLModel, table=True):
    """The profile of a data set, one row each: that of the newest version measured. Written by catalog's worker."""

    __tablename__ = "profile"
    __table_args__ = {"schema": "catalog"}

    dataset_id: str = Field(primary_key=True, foreign_key="catalog.dataset.id")
    publication: int = big_integer()
    """Which state was measured; the data set may have moved on since."""
    version: int = big_integer()
    """The version of that state; of a consolidated data set, the publication."""
    rows: int = big_integer()
    overlaps: int | None = big_integer(default=None)
    """Identities that several organisations publish; null where there can be none to count."""
    columns: str = long_text()
    """JSON array, one object for each declared column, as previews show it. Texts: PostgreSQL's own types of JSON
    would change the order of members or, read back, the scale of numbers."""
    head: str = long_text()
    """JSON array of the first rows, as records."""
    seconds: float
    """How long it took to measure."""
    measured_at: datetime = moment_now()
