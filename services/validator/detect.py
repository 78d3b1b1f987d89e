"""What a file is: its encoding by a ladder that never guesses mojibake, its delimiter, or why it is not a CSV file.

Ladder: byte order mark; strict UTF-8 over the whole file; the charset the sender declared; Windows-1252 if every
non-ASCII character is then plausible in French text (or Occitan place names). Otherwise a finding asks for the
charset: a wrong guess would publish mojibake, a refusal costs one header.

    b"é" as cp1252 -> cp1252          b"\\x8e" (é in Mac Roman, Ž in cp1252) -> refused
    b"PK\\x03\\x04..." -> refused       b"<!doctype html>" -> refused
"""

import codecs
import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from services.validator.findings import FindingCode
from services.validator.readers.code_page import first_implausible
from services.validator.standardise.candidates import folded

CHUNK_BYTES = 1 << 17
"""Decoded together: small enough for its text to stay in the processor's cache."""

SAMPLE_CHARACTERS = 1 << 16

DELIMITERS = (",", ";", "\t", "|")

HEADER_WITHIN = 50
"""Lines in which the header is looked for: titles and notices above a table are shorter."""

ACCEPTED_CHARSETS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-1", "iso8859-15", "mac-roman")
"""Python names of the charsets a sender may declare."""

BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

SIGNATURES = (
    (b"PK\x03\x04", "une archive ZIP ou un classeur (XLSX, ODS)"),
    (b"PK\x05\x06", "une archive ZIP vide"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "un ancien document Microsoft Office (XLS)"),
    (b"\x1f\x8b", "un fichier compressé (gzip)"),
    (b"\x28\xb5\x2f\xfd", "un fichier compressé (Zstandard)"),
    (b"BZh", "un fichier compressé (bzip2)"),
    (b"7z\xbc\xaf\x27\x1c", "une archive 7-Zip"),
    (b"PAR1", "un fichier Parquet"),
    (b"%PDF-", "un document PDF"),
    (b"SQLite format 3\x00", "une base SQLite"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
)

HTML_STARTS = ("<!doctype html", "<html", "<head", "<body", "<!--")

CONTROL_CHARACTERS = re.compile(r"[\x01-\x08\x0b\x0e-\x19\x1b-\x1f]")


@dataclass(frozen=True, slots=True)
class Detected:
    """How to read the file."""

    encoding: str
    """Python codec name; `utf-8-sig` and `utf-16` take their byte order mark away."""
    delimiter: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the file cannot be read as a CSV file."""

    code: FindingCode
    row: int | None
    value: str | None
    details: dict[str, Any]


def charset_of(content_type: str) -> str | None:
    """The charset that a `Content-Type` declares: `text/csv; charset="cp1252"` → `cp1252`."""
    found = re.search(r";\s*charset\s*=\s*\"?([^\s;\"]+)", content_type, re.IGNORECASE)
    return found.group(1) if found else None


def refused(code: FindingCode, *, row: int | None = None, value: str | None = None, **details: Any) -> Refused:
    """A refusal; `details` fill the places of its sentence."""
    return Refused(code=code, row=row, value=value, details=details)


def detect(path: Path, *, declared_charset: str | None, names: Collection[str]) -> Detected | Refused:
    """Read the file once, in chunks. `names` are the schema's column names: they tell delimiters apart."""
    with path.open("rb") as file:
        start = file.read(CHUNK_BYTES)
    if not start:
        return refused(FindingCode.EMPTY_FILE)
    for signature, detected in SIGNATURES:
        if start.startswith(signature):
            return refused(FindingCode.UNSUPPORTED_FORMAT, detected=detected)
    encoding = find_encoding(path, start, declared_charset=declared_charset)
    if isinstance(encoding, Refused):
        return encoding
    sample = _sample(path, encoding)
    return _refusal_of_content(sample) or Detected(encoding=encoding, delimiter=find_delimiter(sample, names))


def find_encoding(path: Path, start: bytes, *, declared_charset: str | None) -> str | Refused:
    """The codec of the whole file. `start`: its first bytes."""
    for mark, marked in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return _verified(path, marked, named="UTF-8 (BOM)" if marked == "utf-8-sig" else "UTF-16 (BOM)")
    declared = _codec(declared_charset)
    if isinstance(declared, Refused):
        return declared
    if declared is not None and declared.startswith("utf-16"):
        return _verified(path, declared, named=declared.upper())
    problem = _first_problem(path, "utf-8")
    if problem is None or problem.code is FindingCode.NUL_BYTES:
        return problem or "utf-8"
    if declared is not None:
        return _verified(path, declared, named=declared.upper())
    return _plausible_cp1252(path, utf8_problem=problem)


def _codec(declared_charset: str | None) -> str | Refused | None:
    if not declared_charset:
        return None
    try:
        name = codecs.lookup(declared_charset.strip().strip("\"'")).name
    except (LookupError, ValueError):
        name = ""
    if name == "ascii":
        return None
    if name not in ACCEPTED_CHARSETS:
        accepted = "UTF-8, UTF-16, Windows-1252, ISO-8859-1, ISO-8859-15, macintosh"
        return refused(FindingCode.CHARSET_UNKNOWN, value=declared_charset, accepted=accepted)
    return name


def _verified(path: Path, encoding: str, *, named: str) -> str | Refused:
    problem = _first_problem(path, encoding)
    if problem is None or problem.code is FindingCode.NUL_BYTES:
        return problem or encoding
    return refused(FindingCode.ENCODING_INVALID, row=problem.row, encoding=named)


def _first_problem(path: Path, encoding: str) -> Refused | None:
    """Where strict decoding of the whole file stops, or where a NUL hides."""
    chunks = 0
    try:
        for text in _texts(path, encoding):
            if "\0" in text:
                before = _lines_of(path, encoding, chunks)
                return refused(FindingCode.NUL_BYTES, row=1 + before + _line_ends(text[: text.index("\0")]))
            chunks += 1
    except UnicodeDecodeError as error:
        before = _lines_of(path, encoding, chunks)
        return refused(FindingCode.ENCODING_UNKNOWN, row=1 + before + _byte_line_ends(error.object[: error.start]))
    return None


def _lines_of(path: Path, encoding: str, chunks: int) -> int:
    """Line ends in the first chunks of a file: counted only when a finding needs them."""
    return sum(map(_line_ends, islice(_texts(path, encoding), chunks)))


def _plausible_cp1252(path: Path, *, utf8_problem: Refused) -> str | Refused:
    line = 1
    try:
        for chunk in _line_chunks(path):
            text = chunk.decode("cp1252")
            if "\0" in text:
                return refused(FindingCode.NUL_BYTES, row=line + _line_ends(text[: text.index("\0")]))
            at = first_implausible(chunk, text)
            if at is not None:
                row = line + _line_ends(text[:at])
                return refused(FindingCode.ENCODING_UNKNOWN, row=row, character=f"« {text[at]} »")
            line += _byte_line_ends(chunk)
    except UnicodeDecodeError:
        return refused(FindingCode.ENCODING_UNKNOWN, row=utf8_problem.row, character="aucun caractère")
    return "cp1252"


def _line_chunks(path: Path) -> Iterator[bytes]:
    """The file in chunks that end where a line does, if lines are short: what stands beside a character is seen."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES) + file.readline(CHUNK_BYTES):
            yield chunk


def _texts(path: Path, encoding: str, chunk_bytes: int = CHUNK_BYTES) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        while chunk := file.read(chunk_bytes):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def _sample(path: Path, encoding: str) -> str:
    return next(_texts(path, encoding, 4 * SAMPLE_CHARACTERS), "")[:SAMPLE_CHARACTERS]


def _line_ends(text: str) -> int:
    return text.count("\n") or text.count("\r")


def _byte_line_ends(content: bytes) -> int:
    return content.count(b"\n") or content.count(b"\r")


def _refusal_of_content(sample: str) -> Refused | None:
    head = sample.lstrip()[:64].lower()
    if not head:
        return refused(FindingCode.EMPTY_FILE)
    if head.startswith(HTML_STARTS):
        return refused(FindingCode.HTML_INSTEAD_OF_CSV)
    if head.startswith("<?xml"):
        is_page = "<html" in sample[:2000].lower()
        return (
            refused(FindingCode.HTML_INSTEAD_OF_CSV)
            if is_page
            else refused(FindingCode.UNSUPPORTED_FORMAT, detected="un document XML")
        )
    if re.match(r"<[a-z!][^<]*>", head):
        return refused(FindingCode.UNSUPPORTED_FORMAT, detected="un document XML")
    if re.match(r'[\[{]\s*["{\[]', head):
        return refused(FindingCode.UNSUPPORTED_FORMAT, detected="un document JSON")
    if control := CONTROL_CHARACTERS.search(sample):
        return refused(FindingCode.BINARY_CONTENT, row=1 + _line_ends(sample[: control.start()]))
    return None


def find_delimiter(sample: str, names: Collection[str]) -> str:
    """The delimiter under which one of the first lines knows most names of the schema; when no line knows any, the one
    that makes most columns of the first."""
    lines = [line for line in sample.splitlines()[:HEADER_WITHIN] if line.strip()]
    known = {folded(name) for name in names}

    def score(delimiter: str) -> tuple[int, int]:
        split = [_split(line, delimiter) for line in lines]
        counts = [len({folded(label) for label in labels} & known) for labels in split]
        best = max(counts, default=0)
        return best, len(split[counts.index(best)]) if split else 0

    absent = [
        delimiter for delimiter in DELIMITERS if delimiter not in sample
    ]  # equal in all: the first speaks for them
    return max((delimiter for delimiter in DELIMITERS if delimiter not in absent[1:]), key=score)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return line.split(delimiter)
