"""Findings as people read them on the terminal."""

import pytest

from services.cli.findings import counts_sentence, show_findings
from services.cli.push.answers import FoundFault, FoundFaults
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
        FoundFault("date-format", "error", 7, "DELIB_DATE", "31/02/2024", "Pas une date.", "Corrigez."),
        FoundFault("date-format", "error", 8, "DELIB_DATE", "x\ny", "Pas une date.", "Corrigez."),
    )
    show_findings(Screen(), FoundFaults(listed, errors=2, warnings=1, corrections=0), limit=2)
    lines = capsys.readouterr().out.splitlines()
    assert "7 | DELIB_DATE | 31/02/2024 | Pas une date. | Corrigez." in lines
    assert "8 | DELIB_DATE | x y | Pas une date. | Corrigez." in lines
    assert "NOTE" not in "".join(lines)
    assert any("2 constats montrés" in line for line in lines)
