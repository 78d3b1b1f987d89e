"""Base adresse locale: which version of the format a file follows, and where its judge differs from Table Schema.

validateur-bal's errors decide the verdict: the severities and required columns of our descriptors hold its profiles;
its profile is told from the columns as it does itself (three BAN identifiers and `toponyme` → 1.5; the three
identifiers → 1.4; else 1.3). It skips empty lines.
"""

from collections.abc import Iterable

from services.validator.findings import Severity
from services.validator.standardise.headers import folded

SCHEMA_NAME = "etalab/schema-bal"

BAN_IDENTIFIERS = frozenset(map(folded, ("id_ban_commune", "id_ban_toponyme", "id_ban_adresse")))


def version_of(labels: Iterable[str]) -> str:
    """The version whose profile validateur-bal would choose for this header."""
    columns = {folded(label) for label in labels}
    if not columns >= BAN_IDENTIFIERS:
        return "1.3.0"
    return "1.5.0" if "toponyme" in columns else "1.4.0"


def blank_row_severity(schema_name: str) -> Severity:
    """Frictionless makes an empty line an error; the judge of addresses skips it."""
    return Severity.INFO if schema_name == SCHEMA_NAME else Severity.ERROR
