"""Reports on real faults, in English: no French of ours is left in the sentences."""

import re
from pathlib import Path

import pytest
from judging import Judge

from shared.reports.reword import worded
from shared.reports.shape import FindingOut

FILES = Path(__file__).parents[1] / "files"

FRENCH = re.compile(
    r"[«»]|\b(?:le|la|les|une|des|est|dans|colonne|ligne|fichier|valeur|attendu|avec|pour|chiffres)\b", re.I
)

CASES = [(path, schema) for path in sorted(FILES.glob("*.csv")) for schema in ("deliberations", "subventions", "bal")]


def ours(finding: FindingOut) -> str:
    """The sentences, without what they quote of the file or of the schema."""
    text = " ".join(filter(None, (finding.message, finding.expected, finding.how_to_mend)))
    quoted = [
        finding.value,
        finding.suggestion,
        finding.column,
        *(d for d in finding.details.values() if isinstance(d, str)),
    ]
    for part in sorted(filter(None, quoted), key=len, reverse=True):
        text = text.replace(part, "")
    return re.sub("“[^”]*”", "", text)


@pytest.mark.parametrize(("path", "schema"), CASES, ids=lambda value: getattr(value, "stem", value))
def test_english_is_english(judge: Judge, path: Path, schema: str) -> None:
    report = worded(judge(path, schema).report, "en")
    found = [*report.findings, *(sample for rule in report.by_rule for sample in rule.samples)]
    assert [text for text in map(ours, found) if FRENCH.search(text)] == []
    assert not [one.message for one in report.corrections if "«" in one.message]
