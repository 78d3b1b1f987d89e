"""Logs: one JSON object a line on standard error, carrying the request id and deposit id of the work at hand."""

import json
import logging
import sys
from contextlib import AbstractContextManager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from shared.scoped import Scoped

_context: ContextVar[dict[str, str] | None] = ContextVar("log_context", default=None)

_ORDINARY = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message", "taskName"}


def logged_with(**fields: str) -> AbstractContextManager[None]:
    """Every line logged inside the block carries `fields` (`request_id`, `deposit_id`)."""
    return Scoped(_context, {**(_context.get() or {}), **fields})


def current_request_id() -> str:
    """The request id of the work at hand, or `-` outside any."""
    return (_context.get() or {}).get("request_id", "-")


class JsonFormatter(logging.Formatter):
    """`extra={…}` members become members of the object."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process
        self._second = (-1, "")

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self._at(record.created),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
            **(_context.get() or {}),
            **{key: value for key, value in record.__dict__.items() if key not in _ORDINARY},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        try:
            return orjson.dumps(line, default=str).decode()
        except TypeError:  # what it does not write: halves of surrogate pairs, large integers
            return json.dumps(line, ensure_ascii=False, default=str)

    def _at(self, moment: float) -> str:
        """As ISO 8601, in UTC: of lines of the same second, only the milliseconds differ."""
        second = int(moment)
        known, text = self._second
        if known != second:
            text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            self._second = (second, text)
        return f"{text}.{int((moment - second) * 1000):03}+00:00"


def set_up_logs(process: str, log_format: Literal["json", "text"]) -> None:
    """Called once, by the program's entry point. `process` names it, for instance `work-validator`."""
    handler = logging.StreamHandler(sys.stderr)
    # A line a request: nothing is found out that no line shows ("Optimization" in the manual of logging).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    if log_format == "json":
        handler.setFormatter(JsonFormatter(process))
    else:
        handler.setFormatter(logging.Formatter(f"%(asctime)s {process} %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # arq logs the arguments of every job; our own lines say what matters.
    logging.getLogger("arq").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
