"""Findings as people read them on the terminal."""

import pytest

from services.cli.findings import counts_sentence, show_corrections, show_findings
from services.cli.push.answers import FoundFault, FoundFaults, ReadOtherwise
from services.cli.screen import Screen


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((0, 0, 0), "Aucune erreur, aucun avertissement, aucune correction."),
        ((1, 1, 1), "1 erreur, 1 avertissement, 1 correction."),
        ((12345, 2, 0), "12\u202f345 erreurs, 2 avertissements, aucune correction."),
    ],
)
def test_counts_agree_in_number(counts: tuple[int, int, int], sentence: str):
    assert counts_sentence(*counts) == sentence


def test_errors_come_first_and_what_is_not_shown_is_told(capsys):
    listed = (
        FoundFault("extra-column", "warning", None, "NOTE", None, "Colonne en trop.", "Retirez-la."),
        FoundFault("date-format", "error", 7, "DELIB_DATE", "31/02/2024", "Pas une date.", "Corrigez.", "une date"),
        FoundFault("date-format", "error", 8, "DELIB_DATE", "x\ny", "Pas une date.", "Corrigez."),
    )
    show_findings(Screen(), FoundFaults(listed, errors=2, warnings=1, corrections=0), limit=2)
    lines = capsys.readouterr().out.splitlines()
    assert "7 | DELIB_DATE | 31/02/2024 | Pas une date. | une date | Corrigez." in lines
    assert "8 | DELIB_DATE | x y | Pas une date. | — | Corrigez." in lines
    assert "NOTE" not in "".join(lines)
    assert "2 erreurs et avertissements montrés sur 3." in lines


def test_what_is_only_to_be_known_takes_one_line_a_kind(capsys):
    missing = [
        FoundFault("missing-optional-column", "info", 1, name, None, f"{name} est absente.", f"Ajoutez {name}.")
        for name in ("A", "B")
    ]
    show_findings(Screen(), FoundFaults(tuple(missing), errors=0, warnings=0, corrections=0))
    lines = capsys.readouterr().out.splitlines()
    assert "1 | A, B | — | (information, 2 fois) A est absente. | — | Ajoutez A." in lines
    assert not any("montrés" in line for line in lines)


def test_corrections_that_are_not_shown_are_told_in_either_language(capsys):
    listed = tuple(ReadOtherwise(row, "DELIB_DATE", "La date est lue.") for row in range(2, 40))
    found = FoundFaults((), errors=0, warnings=0, corrections=6000, read_otherwise=listed)
    show_corrections(Screen(), found)
    show_corrections(Screen(), found, language="en")
    lines = capsys.readouterr().out.splitlines()
    assert lines.count("2 | DELIB_DATE | La date est lue.") == 2
    assert "10 corrections montrées sur 6\u202f000." in lines
    assert "10 of 6,000 corrections shown." in lines
