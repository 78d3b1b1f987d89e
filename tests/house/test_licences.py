"""What we install may be shipped under our licence: read from the metadata of the installed packages."""

import re
from importlib.metadata import PackageNotFoundError, metadata

import pytest
from project import text_of

NAMES = re.findall(r"^([A-Za-z0-9._-]+)==", text_of("requirements.lock"), re.MULTILINE)

STRONG = re.compile(r"\bA?GPL|Affero|GNU General Public|SSPL|BUSL|Business Source|Elastic License|Commons Clause", re.I)
WEAK = re.compile(r"\bLGPL|Lesser General|\bMPL|Mozilla Public|\bEPL|Eclipse Public|\bCDDL", re.I)

CHOSEN = {
    "text-unidecode": "Artistic License or GPL, at our choice: we take the Artistic License",
}
"""Packages offered under several licences, one of which would not do."""

FILE_LEVEL = {
    "certifi": "MPL-2.0: a list of certificates, used unmodified",
    "orjson": "MPL-2.0 for some files, used unmodified",
}
"""Weak copyleft that binds the package's own files only."""

STATED_ELSEWHERE = {"polars-hash": "MIT: the LICENSE file of its repository"}
"""Packages whose metadata say nothing."""


def licence_of(name: str) -> str | None:
    """Everything the package says about its licence in short form; None when it is not for this machine."""
    try:
        data = metadata(name)
    except PackageNotFoundError:
        return None
    classifiers = [one for one in data.get_all("Classifier") or [] if one.startswith("License")]
    short = (data.get("License") or "").partition("\n")[0]
    return " · ".join(one for one in (data.get("License-Expression"), short, *classifiers) if one)


@pytest.mark.parametrize("name", NAMES)
def test_a_runtime_dependency_may_be_shipped_with_us(name: str):
    licence = licence_of(name)
    if licence is None:
        pytest.skip("not for this machine")
    licence = licence or STATED_ELSEWHERE.get(name, "")
    assert licence, f"{name} does not say its licence"
    assert not STRONG.search(licence) or name in CHOSEN, licence
    assert not WEAK.search(licence) or name in FILE_LEVEL, licence


def test_exceptions_are_still_needed():
    for name in CHOSEN:
        assert STRONG.search(licence_of(name) or "")
    for name in FILE_LEVEL:
        assert WEAK.search(licence_of(name) or "")
    for name in STATED_ELSEWHERE:
        assert not licence_of(name)
