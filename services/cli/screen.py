"""What a person sees: tables, colours and moving lines on a terminal; plain lines anywhere else."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

Advance = Callable[[int], None]
"""Called with the number of bytes done since the last call."""

Tone = Literal["good", "bad", "warning", "soft", "title"]

_STYLES: dict[Tone, str] = {"good": "green", "bad": "bold red", "warning": "yellow", "soft": "dim", "title": "bold"}


class Screen:
    """Writes to standard output, complaints to standard error."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdout.isatty()
        self._console = Console(highlight=False, soft_wrap=True)

    def say(self, text: str = "", tone: Tone | None = None) -> None:
        """One or more lines."""
        if self.is_terminal:
            self._console.print(escape(text), style=_STYLES[tone] if tone else None)
        else:
            print(text, flush=True)

    def complain(self, text: str) -> None:
        """Say it on standard error."""
        print(text, file=sys.stderr, flush=True)

    def table(self, title: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table; off the terminal, one line per row with ` | ` between cells."""
        if not self.is_terminal:
            self.say(f"\n{title}" if title else "")
            for row in [headers, *rows]:
                self.say(" | ".join(_shown(cell).replace("\n", " ") for cell in row))
            return
        table = Table(title=title or None, title_justify="left", title_style="bold", header_style="bold")
        for header in headers:
            table.add_column(header, overflow="fold")
        for row in rows:
            table.add_row(*(escape(_shown(cell)) for cell in row))
        self._console.print()
        self._console.print(table, soft_wrap=False)

    @contextmanager
    def sending(self, label: str, size_bytes: int) -> Iterator[Advance]:
        """A bar of bytes sent."""
        if not self.is_terminal:
            yield lambda _done: None
            return
        bar = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        with Progress(*bar, console=self._console, transient=True) as progress:
            task = progress.add_task(escape(label), total=size_bytes)
            yield lambda done: progress.advance(task, done)

    @contextmanager
    def waiting(self, label: str) -> Iterator[Callable[[str], None]]:
        """A moving line whose text may change; off the terminal, nothing."""
        if not self.is_terminal:
            yield lambda _text: None
            return
        with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=self._console, transient=True) as line:
            task = line.add_task(escape(label), total=None)
            yield lambda text: line.update(task, description=escape(text))


def _shown(cell: object) -> str:
    if cell is None:
        return "—"
    return thousands(cell) if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def thousands(number: int) -> str:
    """12345 → « 12 345 », with the narrow no-break space of French typography."""
    return f"{number:,}".replace(",", "\u202f")
