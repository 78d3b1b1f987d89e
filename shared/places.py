"""Where the blobs of a deposit are.

Those of trials are nobody else's: they go away with the trial, and no deposit of anybody can lose its bytes by that.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared.models import Deposit

Kind = Literal["raw", "tables", "corrected", "reports"]

_SUFFIXES: dict[Kind, str] = {"raw": "", "tables": ".parquet", "corrected": ".parquet", "reports": ".json"}


@dataclass(frozen=True, slots=True)
class Place:
    """Arguments of `Blobs.put`, and the name that it gives."""

    folder: str
    suffix: str

    def name(self, sha256: str) -> str:
        """Of the blob with these bytes."""
        return f"{self.folder}/{sha256}{self.suffix}"


FOLDERS: tuple[str, ...] = (*_SUFFIXES, *(f"essais-{kind}" for kind in _SUFFIXES))
"""Of all places."""


def place_of(kind: Kind, deposit: Deposit) -> Place:
    """`tables/<sha256>.parquet`, shared by all deposits of the same bytes; of a trial, a name of its own."""
    return place(kind, trial=None if deposit.trial_of is None else deposit.id)


def place(kind: Kind, *, trial: UUID | None) -> Place:
    """The same; `trial`: the deposit, if it is one of a trial."""
    suffix = _SUFFIXES[kind]
    return Place(kind, suffix) if trial is None else Place(f"essais-{kind}", f".{trial}{suffix}")
