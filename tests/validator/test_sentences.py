"""Every code has its words, and every finding says how to mend."""

import re

import pytest
from judging import Judge, deliberation_file

from services.validator.findings import VALUE_LIMIT, CorrectionCode, FindingCode, Severity
from services.validator.sentences import CORRECTION_MESSAGES, WORDINGS, word
from services.validator.sentences.of_corrections import CORRECTION_WORDINGS
from services.validator.sentences.wording import English, places_of
from shared.reports.words import fill, said, typeset

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
def test_every_code_has_its_english_beside_its_french(code: FindingCode) -> None:
    french, english = WORDINGS[code].french, WORDINGS[code].english
    assert english is not None, f"{code} needs english=English(message, mend, expected)"
    assert [text is None for text in french] == [text is None for text in english]
    assert english.message.endswith((".", "!"))
    assert english.mend.endswith((".", "!"))
    assert not re.search("[«»À-ÿ]", " ".join(filter(None, english)).replace("\N{REPLACEMENT CHARACTER}", ""))
    for here, there in zip(french, english, strict=True):
        assert places_of([here]) == places_of([there])


@pytest.mark.parametrize("code", list(CorrectionCode))
def test_every_correction_has_its_english_beside_its_french(code: CorrectionCode) -> None:
    wording = CORRECTION_WORDINGS[code]
    assert wording.message.endswith(".")
    assert wording.english.endswith(".")
    assert places_of([wording.message]) == places_of([wording.english]) <= {"before", "after", "column"}


@pytest.mark.parametrize("code", list(FindingCode))
@pytest.mark.parametrize("suggestion", [None, "s"])
def test_every_place_of_a_template_is_filled_in_both_languages(code: FindingCode, suggestion: str | None) -> None:
    wording = WORDINGS[code]
    given = dict.fromkeys(wording.places - {"row", "column", "value", "suggestion"}, "détail")
    finding = word(code, Severity.ERROR, row=3, column="C", value="v", suggestion=suggestion, details=given)
    assert "{" not in finding.message + finding.how_to_mend + (finding.expected or "")
    assert finding.details == given
    english = wording.english or English("", "")
    places = {"row": 3, "column": "C", "value": "v", "suggestion": suggestion, **finding.details}
    assert "{" not in "".join(fill(text, places, "en") for text in english if text)


def test_only_details_that_a_sentence_uses_are_kept() -> None:
    finding = word(FindingCode.BLANK_ROW, Severity.ERROR, row=3, details={"pattern": "x", "limit": 3})
    assert finding.details == {}


def test_words_of_ours_in_a_place_are_kept_in_both_languages() -> None:
    details = {"why": " : il compte 13 chiffres au lieu de 14"}
    finding = word(FindingCode.SIRET_INVALID, Severity.ERROR, row=3, column="C", value="1", details=details)
    assert finding.details == {"why": said(details["why"], ": it has 13 digits instead of 14")}
    assert finding.message.endswith(details["why"] + ".")


def test_names_are_quoted_as_each_language_does() -> None:
    assert fill("{columns}", {"columns": ["A", "B"]}, "fr") == "« A », « B »"
    assert fill("{columns}", {"columns": ["A", "B"]}, "en") == "“A”, “B”"
    assert fill("[{nothing}{value}]", {"value": None}, "fr") == "[]"


def test_a_known_replacement_is_given_word_for_word(judge: Judge) -> None:
    report = judge(deliberation_file({"DELIB_DATE": "31/12/2024"}), corrections="none").report
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
