"""What came of each item, on the terminal and as a report to send: JSON, or one HTML page without script."""

import html
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from services.cli.screen import Screen
from shared.reports.as_html import page_template, visible

PASSED, FAILED, SKIPPED = "réussi", "échoué", "non joué"
_MARKS = {PASSED: "info", FAILED: "error", SKIPPED: "warning"}
TITLE = "Certification d'une intégration"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One item: its title, how it ended, what was seen."""

    title: str
    result: str
    seen: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """All items, for whom and where."""

    base_url: str
    organisation: str
    key_prefix: str
    """What tells the key apart; never its secret."""
    mode: str
    outcomes: Sequence[Outcome]

    @property
    def passed(self) -> bool:
        """Whether nothing failed and something passed."""
        results = {one.result for one in self.outcomes}
        return FAILED not in results and PASSED in results

    @property
    def sentence(self) -> str:
        """The sum, in French."""
        count = sum(one.result == PASSED for one in self.outcomes)
        return f"{'Réussie' if self.passed else 'Non obtenue'} : {count} points sur {len(self.outcomes)}"


def show(certificate: Certificate, screen: Screen) -> None:
    """A table and the sum."""
    rows = [(one.result, one.title, one.seen) for one in certificate.outcomes]
    screen.table(TITLE, ("Résultat", "Point", "Constaté"), rows)
    screen.say(certificate.sentence, "good" if certificate.passed else "bad")


def write(certificate: Certificate, path: Path) -> None:
    """As its suffix asks: `.html`, else JSON."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    path.write_text(_page(certificate, at) if path.suffix == ".html" else _document(certificate, at), encoding="utf-8")


def _document(certificate: Certificate, at: str) -> str:
    sums = {"passed": certificate.passed, "at": at, "socle": version("socle")}
    return json.dumps(sums | asdict(certificate), ensure_ascii=False, indent=2) + "\n"


def _page(certificate: Certificate, at: str) -> str:
    rows = "\n".join(
        f'<tr><td><span class="mark {_MARKS[one.result]}">{one.result}</span></td>'
        f'<td class="long">{html.escape(one.title)}</td><td class="long">{visible(one.seen)}</td></tr>'
        for one in certificate.outcomes
    )
    verdict = "valid" if certificate.passed else "invalid"
    facts = (certificate.base_url, certificate.organisation, f"clé {certificate.key_prefix}…", certificate.mode, at)
    return page_template().substitute(
        lang="fr",
        page_title=TITLE,
        title=TITLE,
        skip="Aller au contenu",
        subtitle=" · ".join(visible(fact) for fact in facts),
        doors="",
        body=f'<p class="verdict {verdict}"><strong>{html.escape(certificate.sentence)}</strong></p>\n'
        '<div class="wide" tabindex="0" role="region" aria-label="Points"><table>\n<thead><tr><th scope="col">Résultat'
        '</th><th scope="col">Point</th><th scope="col">Constaté</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>",
        footer=f"Socle {html.escape(version('socle'))}",
    )
