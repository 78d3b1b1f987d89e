"""The report as one page: figures, what to mend rule by rule, findings, corrections. No script, nothing from elsewhere.

Every text of the vendor is escaped, isolated for writing direction, and shown without control characters.
"""

import html
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from shared.reports.labels import LABELS, thousands
from shared.reports.shape import SEVERITIES, CorrectionOut, FindingOut, ReportOut, RuleOut

SHOWN_LIMIT = 1000
"""Findings and corrections of a page: what a browser shows without effort and a person may scroll through."""

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
"""The page has one inline style and no script; its address may be a secret."""

_SEVERITY_TITLES = {"error": "to_mend", "warning": "to_check", "info": "to_know"}


@dataclass(frozen=True, slots=True)
class Around:
    """What the page says beside the report; nothing where it is not known."""

    organisation: str | None = None
    received: str | None = None
    """ISO date."""
    path: str | None = None
    """Where this very page is read, for links to its other formats."""
    annotated: bool = False
    """Whether the vendor's own table can be had, annotated."""


def html_report(report: ReportOut, around: Around | None = None) -> str:
    """The page, in the language of the report."""
    return _Page(report, around or Around()).whole()


def visible(text: str) -> str:
    """Escaped HTML of a vendor's text; controls and direction marks are shown by their code."""
    shown = "".join(
        f"\N{LEFT-POINTING ANGLE BRACKET}U+{ord(c):04X}\N{RIGHT-POINTING ANGLE BRACKET}"
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") and c not in "\n\t"
        else c
        for c in text
    )
    return html.escape(shown)


class _Page:
    def __init__(self, report: ReportOut, around: Around) -> None:
        self.report, self.around = report, around
        self.labels = LABELS[report.language]

    def whole(self) -> str:
        report, labels = self.report, self.labels
        judged = f"{report.judged_by.name} {report.judged_by.version}"
        name = self.around.organisation
        subtitle = " · ".join(html.escape(part) for part in (name, judged, self.around.received) if part)
        body = [self._verdict(), self._figures(), *self._rules(), self._findings(), self._corrections()]
        return page_template().substitute(
            lang=report.language,
            page_title=html.escape(f"{labels[report.verdict]} — {labels['title']} — {judged}"),
            title=labels["title"],
            skip=labels["skip"],
            subtitle=subtitle,
            doors=self._doors(),
            body="\n".join([*body, self._columns(), self._file()]),
            footer=f"{labels['engine']} {html.escape(report.engine_version)}",
        )

    def _number(self, number: int) -> str:
        return thousands(number, self.report.language)

    def _verdict(self) -> str:
        verdict = self.report.verdict
        text = self.labels[f"{verdict}_text"]
        held = f'<p class="verdict held">{self.labels["held_text"]}</p>' if self.report.to_confirm else ""
        return f'<p class="verdict {verdict}"><strong>{self.labels[verdict]}</strong>{text}</p>{held}'

    def _figures(self) -> str:
        stats = self.report.stats
        names = ("rows", "valid_rows", "errors", "warnings", "corrections")
        cells = "".join(
            f"<div><dt>{self.labels[name]}</dt><dd>{self._number(getattr(stats, name))}</dd></div>" for name in names
        )
        return f'<h2>{self.labels["figures"]}</h2>\n<dl class="figures">{cells}</dl>'

    def _rules(self) -> Iterable[str]:
        for severity in SEVERITIES:
            rules = [rule for rule in self.report.by_rule if rule.severity == severity]
            if rules or severity == "error":
                yield f"<h2>{self.labels[_SEVERITY_TITLES[severity]]}</h2>"
            if not rules and severity == "error":
                yield f"<p>{self.labels['nothing_to_mend']}</p>"
            yield from (self._rule(rule) for rule in rules)

    def _rule(self, rule: RuleOut) -> str:
        times = self.labels["count_one"] if rule.count == 1 else self.labels["count_many"]
        field = f" — <code><bdi>{visible(rule.field)}</bdi></code>" if rule.field else ""
        heading = f"<h3>{self._mark(rule.severity)} <code>{html.escape(rule.code)}</code>{field}, "
        heading += f"{times.format(self._number(rule.count))}</h3>"
        if rule.severity == "info" or not rule.samples:
            return heading + "".join(f"<p><bdi>{visible(sample.message)}</bdi></p>" for sample in rule.samples[:1])
        if rule.count == 1:
            return heading + self._table(
                rule.samples[0].message, ("row", "value", "expected", "how_to_mend"), rule.samples
            )
        caption = self.labels["samples"].format(len(rule.samples), self._number(rule.count))
        advice = {sample.how_to_mend for sample in rule.samples}
        if len(advice) > 1:
            return heading + self._table(caption, ("row", "value", "message", "how_to_mend"), rule.samples)
        said = f"<p><bdi>{visible(advice.pop())}</bdi></p>"
        return heading + said + self._table(caption, ("row", "value", "message", "expected"), rule.samples)

    def _findings(self) -> str:
        report, labels = self.report, self.labels
        counted = sum(rule.count for rule in report.by_rule)
        if not counted:
            return ""
        listed, shown = len(report.findings), report.findings[:SHOWN_LIMIT]
        notes = [labels["findings_listed"].format(self._number(listed), self._number(counted))]
        if listed < counted:
            notes.append(labels["unlisted"].format(self._number(counted - listed)))
        if len(shown) < listed:
            notes.append(labels["page_cut"].format(self._number(len(shown))))
        columns = ("severity", "row", "column", "value", "message", "expected", "how_to_mend")
        return f"<h2>{labels['findings']}</h2>" + self._table(" ".join(notes), columns, shown)

    def _corrections(self) -> str:
        report, labels = self.report, self.labels
        if not report.stats.corrections:
            return ""
        shown = report.corrections[:SHOWN_LIMIT]
        note = labels["corrections_text"]
        if len(shown) < report.stats.corrections:
            counts = (self._number(len(shown)), self._number(report.stats.corrections))
            note += " " + labels["corrections_cut"].format(*counts)
        columns = ("row", "column", "before", "after", "message")
        return f"<h2>{labels['corrections']}</h2>" + self._table(note, columns, shown)

    def _table(self, caption: str, columns: Sequence[str], entries: Sequence[FindingOut | CorrectionOut]) -> str:
        head = "".join(f'<th scope="col">{self.labels[name]}</th>' for name in columns)
        rows = "\n".join(
            "<tr>" + "".join(self._cell(name, getattr(entry, name)) for name in columns) + "</tr>" for entry in entries
        )
        caption = visible(caption)
        return (
            f'<div class="wide" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
        )

    def _cell(self, name: str, value: object) -> str:
        if name == "row":
            return f'<td class="number">{self.labels["whole_file"] if value is None else value}</td>'
        if name == "severity":
            return f"<td>{self._mark(str(value))}</td>"
        if name in ("message", "how_to_mend", "expected"):
            return f'<td class="long"><bdi>{visible(str(value or "—"))}</bdi></td>'
        return f"<td>{self._code(value)}</td>"

    def _code(self, value: object) -> str:
        if value is None:
            return "—"
        return f"<code><bdi>{visible(str(value))}</bdi></code>" if value != "" else self.labels["empty"]

    def _mark(self, severity: str) -> str:
        return f'<span class="mark {severity}">{self.labels[severity]}</span>'

    def _columns(self) -> str:
        header, labels = self.report.header, self.labels
        renamed = [
            visible(one.field) if one.source == one.field else f"{visible(one.source)} → {visible(one.field)}"
            for one in header.matched
        ]
        groups = {
            "matched": renamed,
            "missing": [visible(name) for name in header.missing],
            "extra": [visible(name) for name in header.extra],
        }
        lines = "".join(
            f"<dt>{labels[name]}</dt><dd>"
            + (", ".join(f"<code><bdi>{one}</bdi></code>" for one in names) or labels["none"])
            + "</dd>"
            for name, names in groups.items()
        )
        return f'<h2>{labels["header"]}</h2>\n<dl class="file">{lines}</dl>'

    def _file(self) -> str:
        given, labels = self.report.input, self.labels
        facts = {
            "size": labels["bytes"].format(self._number(given.size_bytes)),
            "format": given.format,
            "sheet": given.sheet,
            "encoding": given.encoding,
            "delimiter": given.delimiter,
            "header_row": given.header_row,
            "fingerprint": given.sha256,
        }
        lines = "".join(
            f"<dt>{labels[name]}</dt><dd>{visible(repr(value)[1:-1] if name == 'delimiter' else str(value))}</dd>"
            for name, value in facts.items()
            if value is not None
        )
        return f'<h2>{labels["file"]}</h2>\n<dl class="file">{lines}</dl>'

    def _doors(self) -> str:
        """Links to the other renderings; none for a page that cannot be asked for again."""
        path, lang = self.around.path, self.report.language
        if path is None:
            return ""
        other = "en" if lang == "fr" else "fr"
        links = [
            (f"?format=csv&tableur=1&lang={lang}", "CSV", lang),
            (f"?format=json&lang={lang}", "JSON", lang),
            (f"?format=html&lang={other}", self.labels["other_language"], other),
        ]
        if self.around.annotated:
            links.insert(0, (f"?format=xlsx&lang={lang}", self.labels["annotated"], lang))
        items = "".join(
            f'<li><a href="{html.escape(path + query)}" hreflang="{language}" lang="{language}">{text}</a></li>'
            for query, text, language in links
        )
        return f'<nav class="doors" aria-label="{self.labels["other_formats"]}"><ul class="plain">{items}</ul></nav>'


@cache
def page_template() -> Template:
    """The frame of the pages people read: lang, page_title, title, skip, subtitle, doors, body, footer."""
    return Template((files("shared.reports") / "page.html").read_text(encoding="utf-8"))
