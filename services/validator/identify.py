"""What a file's bytes are: their SHA-256, and which rare characters they may hold, in one pass."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from services.validator.checks.cells import Alerts
from services.validator.readers.table import Opened

BLOCK_BYTES = 1 << 18
"""Small enough to stay in the processor's cache from one look at it to the next."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()

LEAD = REPLACEMENT[:1]

BYTE_ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "iso8859-1", "iso8859-15", "mac-roman")
"""Encodings in which a control character is one byte, and always that one."""


@dataclass(frozen=True, slots=True)
class Identified:
    """A file's identity; `controls`, `replacements`: whether such characters are among its bytes."""

    sha256: str
    size_bytes: int
    controls: bool = True
    replacements: bool = True

    def alerts(self, opened: Opened) -> Alerts:
        """What the cells must be searched for: everything, unless the bytes are the text itself."""
        origin = opened.origin
        plain = origin is not None and origin.format == "csv" and origin.compression is None
        if not plain or origin is None or origin.encoding not in BYTE_ENCODINGS:
            return Alerts()
        return Alerts(controls=self.controls, replacements=self.replacements and origin.encoding.startswith("utf"))


def identify(path: Path) -> Identified:
    """Read the file once."""
    digest, size, controls, replacements, tail = hashlib.sha256(), 0, False, False, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
            controls = controls or _holds_controls(block)
            replacements = replacements or (LEAD in block and REPLACEMENT in block) or REPLACEMENT in tail + block[:2]
            tail = block[-2:]
    return Identified(digest.hexdigest(), size, controls, replacements)


def _holds_controls(block: bytes) -> bool:
    """Whether there is a C0 character but tab and line ends."""
    octets = np.frombuffer(block, dtype=np.uint8)
    low = np.count_nonzero(octets < 0x20)
    return bool(low != sum(np.count_nonzero(octets == allowed) for allowed in b"\t\n\r" if allowed in block))
