"""The project speaks of itself alone: no machine path, no registry host, no word about how it was made."""

import re

import pytest
from project import text_of, tracked

BINARY = {".parquet", ".png", ".gz", ".xlsx", ".ico", ".woff2"}


def spelled(*parts: str) -> str:
    """A word put together, so that this file does not hold it."""
    return re.escape("".join(parts))


FORBIDDEN = {
    "machine path": rf"(?<![\w.])(?:{spelled('/wo', 'rk/')}|{spelled('/ho', 'me/')}\w|{spelled('/Us', 'ers/')}\w)",
    "sibling folder": spelled("../", "shared/"),
    "registry host": "|".join(
        (
            spelled("py", "pi.org"),
            spelled("files.python", "hosted"),
            spelled("registry.", "npmjs"),
            spelled("registry.", "yarnpkg"),
            spelled("ghcr", ".io"),
            spelled("quay", ".io"),
        )
    ),
    "maker": rf"(?i)\b(?:{spelled('cla', 'ude')}|{spelled('anthro', 'pic')}|{spelled('chat', 'gpt')}|"
    rf"{spelled('co', 'pilot')}|{spelled('language ', 'model')})\b",
    "making": rf"(?i)\b(?:{spelled('sub', 'agent')}s?|{spelled('agent ', 'session')}|{spelled('the ', 'lead ')}said)\b",
}

ALLOWED = {
    ("sibling folder", "tests/official.py"): "finds the official schemas beside a checkout, when they are there",
}


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_the_project_speaks_of_itself_alone(kind: str):
    pattern = re.compile(FORBIDDEN[kind])
    found = []
    for path in tracked():
        if path.suffix in BINARY or (kind, str(path)) in ALLOWED:
            continue
        try:
            text = text_of(path)
        except UnicodeDecodeError:
            continue
        found += [f"{path}:{text.count(chr(10), 0, one.start()) + 1}: {one[0]}" for one in pattern.finditer(text)]
    assert not found


def test_lock_files_name_no_host():
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in text_of(name)
        assert "--index-url" not in text_of(name)


def test_no_work_is_left_for_later():
    later = re.compile("|".join((r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b")))
    left = [str(path) for path in tracked() if path.suffix in {".py", ".md", ".yaml"} and later.search(text_of(path))]
    assert not left
