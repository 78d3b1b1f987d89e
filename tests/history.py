"""What was published, told by the test itself: the rows of each version, without asking who keeps them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from samples import HEADER, siret_of

Row = tuple[str, str, str, int]
"""SIREN, DELIB_ID, DELIB_OBJET, VOTE_POUR."""

Rows = frozenset[Row]

COLUMNS = f"{HEADER},VOTE_EFFECTIF,VOTE_REEL,VOTE_POUR,VOTE_CONTRE,VOTE_ABSTENTION"


@dataclass
class History:
    """The versions of one organisation's délibérations. Each deposit writes rows that carry its mark."""

    siren: str
    dataset: str
    versions: dict[int, Rows] = field(default_factory=dict)
    publications: dict[int, int] = field(default_factory=dict)
    """Publication of each version, as its record tells."""
    equals: dict[int, int] = field(default_factory=dict)
    """For a version that equals an older one: the older one."""

    @property
    def number(self) -> int:
        """The current version; 0 before the first."""
        return max(self.versions, default=0)

    @property
    def rows(self) -> Rows:
        """Those of the current version."""
        return self.versions.get(self.number, frozenset())

    def made(self, mark: str, numbers: Iterable[int]) -> Rows:
        """Rows of a deposit; the votes tell deposits apart in a sum."""
        votes = 1 + sum(ord(letter) * 31**rank for rank, letter in enumerate(mark)) % 9973
        return frozenset((self.siren, f"D{number:04}", mark, votes + number) for number in numbers)

    def after(self, mode: str, rows: Rows) -> Rows:
        """The rows once a deposit of `rows` is published under `mode`."""
        named = {row[1] for row in rows}
        kept = frozenset(row for row in self.rows if row[1] not in named)
        return {"replace": rows, "upsert": kept | rows, "delete": kept}[mode]

    def published(self, rows: Rows, *, equals: int | None = None) -> int:
        """Remember a new version; its number."""
        number = self.number + 1
        self.versions[number] = rows
        if equals is not None:
            self.equals[number] = equals
        return number


def file_of(rows: Rows) -> bytes:
    """The CSV file that a vendor sends, all of one year."""
    lines = [
        f"Commune,{siret_of(siren)},{name},2024-03-{1 + int(name[1:]) % 28:02},7.5,Finances locales/Subventions,"
        f"{mark},{votes},{votes},{votes},0,0"
        for siren, name, mark, votes in sorted(rows)
    ]
    return "\n".join([COLUMNS, *lines, ""]).encode()


def read_row(row: Mapping[str, object]) -> Row:
    """A row as the API or a CSV file gives it. Raises AssertionError when it is no row of ours."""
    siret, votes = str(row["COLL_SIRET"]), int(str(row["VOTE_POUR"]))
    return siret[:9], str(row["DELIB_ID"]), str(row["DELIB_OBJET"]), votes


def all_together(histories: Iterable[History]) -> dict[int, Rows]:
    """The rows of the table of all organisations, by publication."""
    events = sorted((one.publications[n], one.siren, rows) for one in histories for n, rows in one.versions.items())
    standing: dict[str, Rows] = {}
    found: dict[int, Rows] = {}
    for publication, siren, rows in events:
        standing[siren] = rows
        found[publication] = frozenset[Row]().union(*standing.values())
    return found
