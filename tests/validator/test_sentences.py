"""Every code has its words, and every finding says how to mend."""

import re
import string

import pytest
from judging import Judge, deliberation_file

from services.validator.findings import VALUE_LIMIT, CorrectionCode, FindingCode, Severity
from services.validator.sentences import CORRECTION_MESSAGES, WORDINGS, word
from services.validator.sentences.wording import typeset

NBSP = "\N{NO-BREAK SPACE}"


def test_every_code_has_words() -> None:
    assert set(WORDINGS) == set(FindingCode)
    assert set(CORRECTION_MESSAGES) == set(CorrectionCode)


@pytest.mark.parametrize("code", list(FindingCode))
def test_words_are_sentences_in_french_typography(code: FindingCode) -> None:
    for sentence in (WORDINGS[code].message, WORDINGS[code].mend):
        assert sentence.endswith((".", "!"))
        assert "'" not in sentence
        assert not re.search(r" [:;!?»%]|« ", sentence)


@pytest.mark.parametrize("code", list(FindingCode))
def test_every_place_of_a_template_is_filled(code: FindingCode) -> None:
    wording = WORDINGS[code]
    templates = (wording.message, wording.mend, wording.expected or "", wording.mend_with or "")
    places = {place for text in templates for _, place, _, _ in string.Formatter().parse(text) if place}
    details = dict.fromkeys(places - {"row", "column", "value", "suggestion"}, "détail")
    finding = word(code, Severity.ERROR, row=3, column="C", value="v", suggestion="s", details=details)
    assert "{" not in finding.message + finding.how_to_mend + (finding.expected or "")


def test_a_known_replacement_is_given_word_for_word(judge: Judge) -> None:
    report = judge(deliberation_file({"DELIB_DATE": "31/12/2024"})).report
    found = next(each for each in report.findings if each.row == 2)
    assert found.how_to_mend == f"Remplacez «{NBSP}31/12/2024{NBSP}» par «{NBSP}2024-12-31{NBSP}»."
    assert found.expected == "une date AAAA-MM-JJ"


def test_a_long_value_is_cut_in_the_report(judge: Judge) -> None:
    found = judge(deliberation_file({"DELIB_DATE": "x" * 5000})).report
    assert all(len(each.value or "") <= VALUE_LIMIT for each in found.findings)


def test_braces_in_a_value_are_only_text(judge: Judge) -> None:
    found = judge(deliberation_file({"DELIB_DATE": "{row}{0}"})).report
    assert any("{row}{0}" in each.message for each in found.findings)


def test_french_spacing() -> None:
    assert typeset("« a » : b ; 5 %") == f"«{NBSP}a{NBSP}»{NBSP}: b{NBSP}; 5{NBSP}%"
