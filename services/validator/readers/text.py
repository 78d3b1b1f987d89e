"""The text of a file as UTF-8 bytes, in blocks: whatever its encoding, what is held in memory is bounded."""

import codecs
import io
from collections.abc import Generator
from typing import BinaryIO

from services.validator.readers.mojibake import may_hold_mojibake

BLOCK_BYTES = 6 << 20
"""Bytes looked at together: some 30,000 rows of an address file."""

LINES_BYTES = 1 << 16
"""Bytes decoded together when lines are asked for."""

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
        self.block_bytes = block_bytes
        """Bytes that `fill` reads together."""
        self._decoder = None if encoding in UTF_8 else codecs.getincrementaldecoder(encoding)("strict")
        if encoding == "utf-8-sig":
            file.seek(len(codecs.BOM_UTF8))
        self._content, self._at = b"", 0
        self.may_hold_mojibake = False
        """Whether what has been read so far is worth searching."""
        self.ended = False
        """Whether `waiting` is all that remains."""
        self.line = 1
        """1-based line on which `waiting` begins."""
        self.record_length = 0
        """Characters of lines given since the reader of records last set it to 0."""

    @property
    def waiting(self) -> bytes:
        """UTF-8 bytes read from the file and not yet used."""
        if self._at:
            self._content, self._at = self._content[self._at :], 0
        return self._content

    def fill(self, size: int = 0) -> bytes:
        """At least a block (and `size` bytes) in `waiting`, unless the file ends before."""
        wanted = max(size, self.block_bytes)
        while self._held < wanted and not self.ended:
            content = self._read(wanted - self._held)
            self.ended = not content
            if self._decoder is not None:
                content = self._decoder.decode(content, final=self.ended).encode()
            seam = self._content[-2:] + content[:2]
            self.may_hold_mojibake |= may_hold_mojibake(content) or may_hold_mojibake(seam)
            self._content, self._at = self._content[self._at :] + content if self._held else content, 0
        return self.waiting

    def use(self, size: int, lines: int) -> None:
        """The first `size` bytes, which hold `lines` line ends, have been read."""
        self._at += size
        self.line += lines

    def lines(self) -> Generator[str, None, None]:
        """Physical lines with their ends (LF, CRLF or CR). Raises RecordTooLong. Closing it gives back the rest."""
        while size := self._whole_lines():
            text = self._content[self._at : self._at + size].decode()
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
                self._at += size if given == len(text) else len(text[:given].encode())

    def _read(self, size: int) -> bytes:
        """Some `size` bytes of the file, up to the end of a line where there is one: blocks then need no cutting."""
        here = self._file.tell()
        self._file.seek(here + size)
        beyond = self._file.read(min(size, LINES_BYTES))
        self._file.seek(here)
        return self._file.read(size + beyond.find(b"\n") + 1)

    @property
    def _held(self) -> int:
        return len(self._content) - self._at

    def _whole_lines(self) -> int:
        """Bytes of some waiting lines that are whole; 0 at the end."""
        while not (size := self._lines_within(LINES_BYTES) or self._lines_within(self._held)):
            if self.ended:
                return self._held
            if self._held > 4 * RECORD_LIMIT:
                raise RecordTooLong
            self.fill(2 * self._held + 1)  # twice as much each time: what is held is searched again
        return size

    def _lines_within(self, size: int) -> int:
        """Bytes of the whole lines among the next `size`: a last CR may be half of a CRLF."""
        end = min(self._at + size, len(self._content))
        after = self._content.rfind(b"\n", self._at, end) + 1 or self._content.rfind(b"\r", self._at, end - 1) + 1
        return max(0, after - self._at)
