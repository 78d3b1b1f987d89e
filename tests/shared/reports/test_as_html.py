"""The report as a page: readable by anyone, whatever the file holds."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from reporting import a_finding, a_report

from shared.reports.as_html import SHOWN_LIMIT, Around, html_report, visible
from shared.reports.labels import LABELS
from shared.reports.reword import worded
from shared.reports.shape import CorrectionOut, StoredReport, ToConfirmOut
from shared.reports.words import Language

VOID = {"meta", "br", "link", "hr"}


class Outline(HTMLParser):
    """What a page is made of; an element that does not close is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data if self.open[-1:] != ["style"] else ""


def outline(report: StoredReport, language: Language = "fr", around: Around | None = None) -> Outline:
    found = Outline()
    found.feed(html_report(worded(report, language), around))
    assert found.open == []
    return found


def names(found: Outline) -> list[str]:
    return [tag for tag, _ in found.tags]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_is_whole_and_accessible(language: Language) -> None:
    found = outline(a_report(a_finding(2), a_finding(3)), language)
    assert ("html", {"lang": language}) in found.tags
    assert names(found).count("h1") == 1
    assert names(found).count("table") == names(found).count("caption") >= 2
    assert all(attributes.get("scope") == "col" for tag, attributes in found.tags if tag == "th")
    levels = [int(tag[1]) for tag in names(found) if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert "script" not in names(found)
    assert not [attributes for _, attributes in found.tags if "src" in attributes or "onclick" in attributes]


def test_each_example_of_a_rule_says_what_is_wrong() -> None:
    report = a_report(a_finding(2, message="Clé fausse."), a_finding(3, message="Treize chiffres."))
    samples = outline(report).text.partition(LABELS["fr"]["findings"])[0]
    assert "Clé fausse." in samples
    assert "Treize chiffres." in samples


def test_figures_come_first_then_rules_then_findings() -> None:
    labels = LABELS["fr"]
    text = outline(a_report(a_finding(2), a_finding(3))).text
    places = [text.index(labels[name]) for name in ("figures", "to_mend", "findings", "header", "file")]
    assert places == sorted(places)
    assert "2 fois" in text


def test_a_vendor_s_text_is_only_text() -> None:
    nasty = "<script>alert(1)</script>\"'&\u202egpj.exe\x00"
    report = a_report(a_finding(value=nasty, message=nasty, how_to_mend=nasty, expected=nasty, column=nasty))
    found = outline(report)
    assert "script" not in names(found)
    assert "<script>alert(1)</script>" in found.text
    assert not re.search("[\u202e\x00]", html_report(worded(report, "fr")))


def test_invisible_characters_are_shown_by_their_code() -> None:
    assert visible("a\u202eb<\u200b") == "a〈U+202E〉b&lt;〈U+200B〉".replace("〈", "\u2329").replace("〉", "\u232a")


def test_a_long_report_says_what_it_leaves_out() -> None:
    report = a_report(*(a_finding(row) for row in range(2, SHOWN_LIMIT + 12)))
    rule = report.by_rule[0].model_copy(update={"count": 50_000})
    text = outline(report.model_copy(update={"by_rule": [rule]})).text.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "Constats listés" in text
    assert "1 010 sur 50 000" in text
    assert "48 990 constats sont comptés sans être listés" in text
    assert "Cette page en montre 1 000" in text


def test_a_clean_file_has_nothing_to_mend() -> None:
    text = outline(a_report()).text
    assert "Rien à corriger." in text
    assert LABELS["fr"]["findings"] not in text


def test_what_waits_for_a_person_is_said_beside_the_verdict() -> None:
    held = a_report().model_copy(update={"to_confirm": [ToConfirmOut(code="personal-nir", count=2)]})
    assert LABELS["fr"]["held_text"] in outline(held).text
    assert LABELS["fr"]["held_text"] not in outline(a_report()).text


def test_corrections_are_listed() -> None:
    correction = CorrectionOut(rule="header-name", row=1, column="A", before="a", after=None, message="lue comme A")
    text = outline(a_report(corrections=(correction,))).text
    assert "lue comme A" in text
    assert "votre fichier n’est pas modifié" in text


def test_links_to_other_formats_need_an_address() -> None:
    assert "a" in names(outline(a_report()))  # the way past the heading
    links = [one["href"] for tag, one in outline(a_report(), around=Around(path="/v1/reports/t")).tags if tag == "a"]
    assert links == [
        "#contenu",
        "/v1/reports/t?format=csv&tableur=1&lang=fr",
        "/v1/reports/t?format=json&lang=fr",
        "/v1/reports/t?format=html&lang=en",
    ]


def test_both_languages_have_the_same_labels() -> None:
    assert LABELS["fr"].keys() == LABELS["en"].keys()
