"""JSON and NDJSON: objects as rows. Numbers keep the digits that the vendor wrote; nested values are JSON text.

    [{"id": 7, "montant": 963000.40, "lots": [1, 2]}]  -> header id, montant, lots; row "7", "963000.40", "[1,2]"
    {"id": 7}⏎{"id": 8}                                -> NDJSON, two rows
    {"id": 7, "id": 8}, [1, 2], "\\ud800"               -> refused, refused, U+FFFD

The header is every key, in the order of first appearance: the document is read twice.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from services.validator.detect import Refused, refused
from services.validator.findings import FindingCode
from services.validator.readers.text import RECORD_LIMIT, RecordTooLong, Reel
from shared.reports.words import said

DOCUMENT_LIMIT_BYTES = 64 << 20
"""Size of a JSON document, which is read whole; NDJSON is read line by line."""

KEYS_LIMIT = 500
"""Keys of a table of objects."""

HALF = re.compile("[\ud800-\udfff]")
SPACE = re.compile(r"[ \t\n\r]*")

Record = tuple[int, dict[str, Any]]
"""1-based rank (JSON) or line (NDJSON), and the object."""

Records = Callable[[], Iterator[Record]]


class DocumentStopped(Exception):
    """The document cannot be read further. `refusal` says why."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class NumberText(str):
    """A number as it is written."""

    __slots__ = ()


def invalid(french: str, english: str, *, row: int | None = None) -> DocumentStopped:
    """What is raised on text that is not JSON."""
    return DocumentStopped(refused(FindingCode.JSON_INVALID, row=row, why=said(french, english)))


def misshapen(french: str, english: str, *, row: int | None = None) -> DocumentStopped:
    """What is raised on JSON that is no table."""
    return DocumentStopped(refused(FindingCode.JSON_SHAPE, row=row, why=said(french, english)))


def read_document(path: Path, encoding: str) -> str:
    """The whole text. Raises DocumentStopped beyond `DOCUMENT_LIMIT_BYTES`."""
    if path.stat().st_size > DOCUMENT_LIMIT_BYTES:
        mebibytes = DOCUMENT_LIMIT_BYTES >> 20
        limit = said(f"{mebibytes} Mio pour un document JSON", f"{mebibytes} MiB for a JSON document")
        raise DocumentStopped(refused(FindingCode.FILE_TOO_COMPLEX, limit=limit))
    return path.read_text(encoding=encoding)


def is_ndjson(text: str) -> bool:
    """Whether the first line is an object by itself, and others follow."""
    first, _, rest = text.strip().partition("\n")
    if not rest.lstrip().startswith("{"):
        return False
    try:
        return isinstance(_decode(first)[0], dict)
    except DocumentStopped:
        return False


def read_value(text: str) -> Any:
    """The value of a whole document. Raises DocumentStopped."""
    value, end = _decode(text, _after_space(text, 0))
    if _after_space(text, end) != len(text):
        raise invalid(f"du texte suit sa fin (caractère {end})", f"text follows its end (character {end})")
    return value


def objects_of_array(text: str) -> Iterator[Record]:
    """The objects of an array, one at a time. Raises DocumentStopped."""
    at = _after_space(text, _after_space(text, 0) + 1)
    rank = 0
    while text[at : at + 1] != "]" or rank:
        rank += 1
        value, at = _decode(text, at)
        yield rank, _object(value, rank)
        at = _after_space(text, at)
        separator = text[at : at + 1]
        if separator == "]":
            break
        if separator != ",":
            raise _at("une virgule ou un crochet manque", "a comma or a bracket is missing", text, at)
        at = _after_space(text, at + 1)
    if _after_space(text, at + 1) != len(text):
        raise _at("du texte suit la fin de la liste", "text follows the end of the list", text, at + 1)


def objects_of_lines(file: BinaryIO, encoding: str) -> Iterator[Record]:
    """The objects of an NDJSON file, one at a time. Raises DocumentStopped."""
    reel = Reel(file, encoding)
    line = 1
    try:
        for text in reel.lines():
            if text.strip():
                value, end = _decode(text, _after_space(text, 0), line)
                if text[end:].strip():
                    raise invalid(f"la ligne {line} ne s’arrête pas à son objet", f"line {line} goes on", row=line)
                yield line, _object(value, line)
            line, reel.record_length = reel.line, 0
    except RecordTooLong:
        limit = f"{RECORD_LIMIT:_}".replace("_", " ")
        raise DocumentStopped(refused(FindingCode.LINE_TOO_LONG, row=line, limit=limit)) from None


def keys_of(records: Iterator[Record]) -> tuple[str, ...]:
    """Every key, in the order of first appearance. Raises DocumentStopped."""
    keys: dict[str, None] = {}
    for _, record in records:
        keys.update(dict.fromkeys(record))
        if len(keys) > KEYS_LIMIT:
            raise DocumentStopped(refused(FindingCode.TOO_MANY_COLUMNS, row=1, count=len(keys), limit=KEYS_LIMIT))
    return tuple(keys)


def as_text(value: Any) -> str:
    """A value as the text of a cell. Halves of characters, which no text can hold, become U+FFFD."""
    if value is None:
        return ""
    text = str(value) if isinstance(value, str) else json_text(value)
    return HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def json_text(value: Any) -> str:
    """Compact JSON of a decoded value, its numbers as they were written."""
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json_text(key)}:{json_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise invalid("un objet répète une clé", "an object repeats a key")
    return found


def _constant(name: str) -> Any:
    raise invalid(f"« {name} » n’est pas une valeur JSON", f"“{name}” is no JSON value")


_DECODER = json.JSONDecoder(
    parse_int=NumberText, parse_float=NumberText, parse_constant=_constant, object_pairs_hook=_pairs, strict=True
)


def _decode(text: str, at: int = 0, line: int = 1) -> tuple[Any, int]:
    """`line`: that of the beginning of the text in the file."""
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise _at(
            "il s’interrompt ou n’est pas du JSON", "it breaks off or is not JSON", text, error.pos, line
        ) from None
    except RecursionError:
        raise invalid("ses valeurs sont imbriquées trop profondément", "its values are nested too deeply") from None


def _at(french: str, english: str, text: str, at: int, first_line: int = 1) -> DocumentStopped:
    line = first_line + text.count("\n", 0, at)
    return invalid(f"{french}, ligne {line}", f"{english}, line {line}", row=line)


def _object(value: Any, rank: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise misshapen(
            f"son élément n° {rank} n’est pas un objet", f"its element no. {rank} is not an object", row=rank
        )
    return value


def _after_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at
