"""The text of a file as UTF-8 bytes, in blocks: whatever its encoding, what is held in memory is bounded."""

import codecs
import io
from collections.abc import Generator
from typing import BinaryIO

from services.validator.readers.mojibake import may_hold_mojibake

BLOCK_BYTES = 4 << 20
"""Bytes looked at together: some 20,000 rows of an address file."""

RECORD_LIMIT = 1 << 20
"""Characters of a record: an endless line, or row of cells, is never held in memory whole."""

UTF_8 = ("utf-8", "utf-8-sig")


class RecordTooLong(Exception):
    """A record, or a physical line, is longer than `RECORD_LIMIT`."""


class Reel:
    """What is still to be read of a text file; the encoding is already proven over the whole file."""

    def __init__(self, file: BinaryIO, encoding: str, *, block_bytes: int = BLOCK_BYTES) -> None:
        file.seek(0)
        self._file = file
        self._block_bytes = block_bytes
        self._decoder = None if encoding in UTF_8 else codecs.getincrementaldecoder(encoding)("strict")
        if encoding == "utf-8-sig":
            file.seek(len(codecs.BOM_UTF8))
        self.waiting = b""
        """UTF-8 bytes read from the file and not yet used."""
        self.may_hold_mojibake = False
        """Whether what has been read so far is worth searching."""
        self.ended = False
        """Whether `waiting` is all that remains."""
        self.line = 1
        """1-based line on which `waiting` begins."""
        self.record_length = 0
        """Characters of lines given since the reader of records last set it to 0."""

    def fill(self, size: int = 0) -> bytes:
        """At least a block (and `size` bytes) in `waiting`, unless the file ends before."""
        wanted = max(size, self._block_bytes)
        while len(self.waiting) < wanted and not self.ended:
            content = self._file.read(self._block_bytes)
            self.ended = not content
            if self._decoder is not None:
                content = self._decoder.decode(content, final=self.ended).encode()
            seam = self.waiting[-2:] + content[:2]
            self.may_hold_mojibake |= may_hold_mojibake(content) or may_hold_mojibake(seam)
            self.waiting = self.waiting + content if self.waiting else content
        return self.waiting

    def use(self, size: int, lines: int) -> None:
        """The first `size` bytes, which hold `lines` line ends, have been read."""
        self.waiting = self.waiting[size:]
        self.line += lines

    def lines(self) -> Generator[str, None, None]:
        """Physical lines with their ends (LF, CRLF or CR). Raises RecordTooLong. Closing it gives back the rest."""
        while True:
            size = self._whole_lines()
            if not size:
                return
            text = self.waiting[:size].decode()
            self.waiting = self.waiting[size:]
            given = 0
            try:
                for line in io.StringIO(text, newline=""):
                    self.record_length += len(line)
                    if self.record_length > RECORD_LIMIT:
                        raise RecordTooLong
                    given += len(line)
                    self.line += 1
                    yield line
            finally:
                self.waiting = text[given:].encode() + self.waiting

    def _whole_lines(self) -> int:
        """Bytes of the waiting lines that are whole; 0 at the end."""
        waiting = self.fill()
        while not self.ended:
            if size := waiting.rfind(b"\n") + 1 or waiting.rfind(b"\r", 0, -1) + 1:
                return size
            if len(waiting) > 4 * RECORD_LIMIT:
                raise RecordTooLong
            waiting = self.fill(len(waiting) + 1)
        return len(waiting)
