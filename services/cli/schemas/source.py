"""Where the bytes of a catalogue and of its schemas come from: files of this machine, or https addresses."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shared.errors import Refusal
from shared.fetch import Door, fetched

MAX_BYTES = 20_000_000
"""A catalogue of a hundred schemas weighs 300 kB, a schema 50 kB."""


class Unreadable(Exception):
    """The bytes cannot be had; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class Source:
    """`base`: a folder that holds the files of the catalogue's site, under the paths of their addresses.

    With `/mirror`, `https://schema.example.fr/schemas/scdl/budget/0.8.3/schema.json` is read from
    `/mirror/schemas/scdl/budget/0.8.3/schema.json`, and nothing is asked of the network.
    """

    base: Path | None = None
    door: Door = field(default_factory=Door)

    async def read(self, place: str) -> bytes:
        """The bytes at an address or a path. Raises Unreadable."""
        parts = urlsplit(place)
        if parts.scheme not in ("http", "https"):
            return _read_file(Path(place))
        if self.base is not None:
            return _read_file(_inside(self.base, unquote(parts.path)))
        try:
            async with fetched(place, door=self.door, max_bytes=MAX_BYTES) as file:
                return b"".join([chunk async for chunk in file.chunks])
        except Refusal as refusal:
            raise Unreadable(f"{place} : {refusal.detail}") from refusal


def _inside(base: Path, path: str) -> Path:
    found = (base / path.lstrip("/")).resolve()
    if not found.is_relative_to(base.resolve()):
        raise Unreadable(f"{path} : ce chemin sort du dossier donné par --base")
    return found


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path} : {_reason(error)}") from error
    if len(content) > MAX_BYTES:
        raise Unreadable(f"{path} : plus de {MAX_BYTES // 1_000_000} Mo")
    return content


def _reason(error: OSError) -> str:
    return "fichier introuvable" if isinstance(error, FileNotFoundError) else (error.strerror or "lecture impossible")
