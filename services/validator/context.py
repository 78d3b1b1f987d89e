"""What a verdict depends on besides the file and its schema: for whom it was deposited, when, and which reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Owner:
    """The organisation whose data a file claims to be."""

    siren: str
    name: str
    kind: str
    """`commune`, `epci` or `other`."""
    insee_codes: tuple[str, ...] = ()
    """Of its territory: the commune's, those it absorbed, or those of all members; none for `other`."""
    postal_codes: tuple[str, ...] = ()
    member_sirens: tuple[str, ...] = ()
    """Of the communes of an intercommunality."""


@dataclass(frozen=True, slots=True)
class Context:
    """Named in the report: the same file in another context may be told other things."""

    owner: Owner
    received_on: str
    """ISO date, UTC."""
    reference: str
    """Vintage of the territories, as `shared.reference.load_version` gives it."""

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> Self | None:
        """From the JSON form of a context, which is how it crosses to another process."""
        if document is None:
            return None
        owner: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in document["owner"].items()
        }
        return cls(Owner(**owner), document["received_on"], document["reference"])
