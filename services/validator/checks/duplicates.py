"""Identities that several rows share: kept apart by an occurrence number, with a warning on all but the first."""

from collections.abc import Sequence

from services.validator.checks.chunk import Fault
from services.validator.findings import FindingCode, Severity


class Occurrences:
    """Counts rows of equal key hash over the whole file."""

    def __init__(self, identity: Sequence[str]) -> None:
        self._columns = ", ".join(identity)
        self._seen: dict[bytes, tuple[int, int]] = {}

    def rank(self, keys: Sequence[bytes], lines: Sequence[int], *, faults: list[Fault]) -> list[int]:
        """0-based rank of each row among rows of its key, in file order. `keys`: 16 bytes each."""
        ranks = []
        for key, line in zip(keys, lines, strict=True):
            first_line, count = self._seen.get(key, (line, 0))
            self._seen[key] = (first_line, count + 1)
            ranks.append(count)
            if count and self._columns:
                details = {"columns": self._columns, "first_row": first_line}
                faults.append(Fault(line, FindingCode.DUPLICATE_IDENTITY, Severity.WARNING, None, None, None, details))
        return ranks
