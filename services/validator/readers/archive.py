"""ZIP archives, looked at before anything opens them: entries, names, sizes, ratios, overlaps, encryption.

Expanding is done here, piece by piece, against the sizes announced: an archive that lies is refused where it lies.

    two entries of one name, "../a.csv", a symbolic link, a password, 3,000 entries -> refused
    1 KB that announces 200 MB of XML -> refused          a workbook saved by a spreadsheet -> its entries
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.validator.detect import Refused, refused
from services.validator.findings import FindingCode
from shared.reports.words import Detail, said

ENTRIES_LIMIT = 2_000
"""Entries of an archive: a workbook has a few dozen."""

DIRECTORY_LIMIT_BYTES = 1 << 20
"""Size of the list of entries, which is read whole."""

RATIO_LIMIT, RATIO_FROM_BYTES = 200, 5 << 20
"""How many times larger an entry may become, once it exceeds some size: sheets of real tables shrink 5 to 50 times."""

CHUNK_BYTES = 1 << 20

END = struct.Struct("<4s4H2LH")
LOCAL = struct.Struct("<4s5H3L2H")
ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive that has passed."""

    name: str
    size_bytes: int
    """As announced; `expand` holds it to that."""
    packed_bytes: int
    method: int
    offset: int
    """Of its packed bytes."""
    crc: int


class ArchiveUnsafe(Exception):
    """Expanding has to stop. `refusal` says why."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def unsafe(french: str, english: str) -> Refused:
    """The refusal of an archive, and why."""
    return refused(FindingCode.ARCHIVE_UNSAFE, why=said(french, english))


def unreadable(form: str) -> Refused:
    """The refusal of damaged bytes; `form`: ZIP, gzip, Zstandard."""
    return refused(FindingCode.ARCHIVE_UNREADABLE, form=form)


def open_archive(path: Path) -> list[Entry] | Refused:
    """The files of the archive (folders aside), or why it is not to be opened. Nothing is expanded."""
    try:
        if refusal := _refusal_of_directory(path):
            return refusal
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
        return _refusal_of_names(infos) or _refusal_of_sizes(infos) or _placed(path, infos)
    except (zipfile.BadZipFile, NotImplementedError, struct.error, UnicodeError, ValueError, OSError):
        return unreadable("ZIP")


def expand(path: Path, entry: Entry, *, limit_bytes: int) -> Iterator[bytes]:
    """The bytes of an entry, in pieces. Raises ArchiveUnsafe where they go beyond what was announced, are damaged, or
    exceed `limit_bytes`."""
    given = checksum = 0
    for piece in _inflated(path, entry):
        given += len(piece)
        checksum = zlib.crc32(piece, checksum)
        if given > limit_bytes:
            raise ArchiveUnsafe(beyond(limit_bytes))
        if given > entry.size_bytes:
            raise ArchiveUnsafe(unsafe("elle annonce une taille fausse", "it announces a false size"))
        if given > RATIO_FROM_BYTES and given > RATIO_LIMIT * entry.packed_bytes:
            raise ArchiveUnsafe(_too_dense())
        yield piece
    if given != entry.size_bytes or checksum != entry.crc:
        raise ArchiveUnsafe(unreadable("ZIP"))


def beyond(limit_bytes: int) -> Refused:
    """The refusal of what grows beyond `limit_bytes` once expanded."""
    limit: Detail = said(f"{limit_bytes >> 20} Mio", f"{limit_bytes >> 20} MiB")
    return refused(FindingCode.EXPANSION_LIMIT, limit=limit)


def _inflated(path: Path, entry: Entry) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == zipfile.ZIP_DEFLATED else None
    left = entry.packed_bytes
    with path.open("rb") as file:
        file.seek(entry.offset)
        while left and (packed := file.read(min(CHUNK_BYTES, left))):
            left -= len(packed)
            if inflate is None:
                yield packed
                continue
            while packed:
                try:
                    yield inflate.decompress(packed, CHUNK_BYTES)
                except zlib.error as error:
                    raise ArchiveUnsafe(unreadable("ZIP")) from error
                packed = inflate.unconsumed_tail
    while inflate is not None and not inflate.eof and (rest := inflate.decompress(b"", CHUNK_BYTES)):
        yield rest


def _refusal_of_directory(path: Path) -> Refused | None:
    """Looks at the announced list of entries before it is read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END.size - 0xFFFF))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + END.size > len(tail):
        return unreadable("ZIP")
    _, _, _, _, entries, directory_bytes, _, comment_bytes = END.unpack_from(tail, at)
    if entries > ENTRIES_LIMIT or directory_bytes > DIRECTORY_LIMIT_BYTES:
        return _too_many()
    if at + END.size + comment_bytes != len(tail):
        return unsafe("des octets suivent l’archive", "bytes follow the archive")
    return None


def _refusal_of_names(infos: list[zipfile.ZipInfo]) -> Refused | None:
    if len(infos) > ENTRIES_LIMIT:
        return _too_many()
    names = set()
    for info in infos:
        name = info.filename.replace("\\", "/")
        if info.flag_bits & ENCRYPTED:
            return unsafe("elle est protégée par un mot de passe", "it is protected by a password")
        if stat.S_ISLNK(info.external_attr >> 16):
            return unsafe("elle contient un lien symbolique", "it holds a symbolic link")
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            return unsafe("un nom de fichier en sort", "a file name leads out of it")
        if name.casefold() in names:
            return unsafe("deux fichiers y portent le même nom", "two of its files have the same name")
        names.add(name.casefold())
    return None


def _refusal_of_sizes(infos: list[zipfile.ZipInfo]) -> Refused | None:
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return unsafe("sa méthode de compression n’est pas courante", "its compression method is not a usual one")
        is_dense = info.file_size > max(RATIO_FROM_BYTES, RATIO_LIMIT * info.compress_size)
        if is_xml(info.filename) and is_dense:
            return _too_dense()
    return None


def _placed(path: Path, infos: list[zipfile.ZipInfo]) -> list[Entry] | Refused:
    """Entries with the place of their bytes: each local header agrees with the list, none overlaps another."""
    entries, end = [], 0
    with path.open("rb") as file:
        for info in sorted(infos, key=lambda info: info.header_offset):
            file.seek(info.header_offset)
            header = LOCAL.unpack(file.read(LOCAL.size))
            flags, method, name_bytes, extra_bytes = header[2], header[3], header[9], header[10]
            name = file.read(name_bytes)
            offset = info.header_offset + LOCAL.size + name_bytes + extra_bytes
            named = name.decode("utf-8" if flags & 0x800 else "cp437")
            if header[0] != b"PK\x03\x04" or method != info.compress_type or named != info.orig_filename:
                return unsafe("ses en-têtes se contredisent", "its headers contradict each other")
            if info.header_offset < end:
                return unsafe("ses fichiers se chevauchent", "its files overlap")
            end = offset + info.compress_size
            if not info.is_dir():
                entries.append(Entry(info.filename, info.file_size, info.compress_size, method, offset, info.CRC))
    return entries


def is_xml(name: str) -> bool:
    """Whether an entry is text of a workbook; images and the like may shrink at any ratio."""
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _too_many() -> Refused:
    limit = f"{ENTRIES_LIMIT}"
    return unsafe(f"elle contient plus de {limit} fichiers", f"it holds more than {limit} files")


def _too_dense() -> Refused:
    return unsafe(
        f"elle grandit plus de {RATIO_LIMIT} fois en se décompressant",
        f"it grows more than {RATIO_LIMIT} times when expanded",
    )
