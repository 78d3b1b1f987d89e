"""A schema proposed for a file that has none: types that lose nothing, names by which the columns are found again."""

from pathlib import Path
from typing import Any

import pytest

from services.validator.infer import NothingToInfer, infer_file


def propose(tmp_path: Path, *lines: str) -> dict[str, Any]:
    path = tmp_path / "sample.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return infer_file(path, None, tmp_path)


def kind_of(tmp_path: Path, label: str, *cells: str) -> str:
    found = propose(tmp_path, f"rang;{label}", *(f"{rank};{cell}" for rank, cell in enumerate(cells)))
    kind: str = found["columns"][1]["type"]
    return kind


@pytest.mark.parametrize(
    ("label", "cells", "kind"),
    [
        ("véhicules", ("12", "0", "-3"), "integer"),
        ("véhicules", ("12", "007"), "string"),
        ("véhicules", ("12", "", " "), "integer"),
        ("débit", ("1,5", "2", "-0.25"), "number"),
        ("débit", ("1,5", "01,5"), "string"),
        ("débit", ("1,5", "env. 2"), "string"),
        ("débit", ("9" * 25, "1"), "string"),
        ("jour", ("2024-02-29", "31/12/2024"), "date"),
        ("jour", ("2023-02-29", "2024-01-01"), "string"),
        ("jour", ("12/31/2024", "31/12/2024"), "string"),
        ("moment", ("2024-03-01T08:00:00Z", "2024-03-01T08:00:00+02:00"), "datetime"),
        ("année", ("2023", "2024"), "year"),
        ("total", ("2023", "2024"), "integer"),
        ("code_postal", ("31600", "31000"), "string"),
        ("SIRET", ("21310395500011",), "string"),
        ("compteur", ("123456789", "987654321"), "string"),
        ("id", ("1", "2"), "string"),
        ("ouvert", ("oui", "Non", "OUI"), "boolean"),
        ("ouvert", ("0", "1"), "integer"),
        ("ouvert", ("oui", "peut-être"), "string"),
        ("vide", ("", ""), "string"),
    ],
)
def test_a_column_gets_the_narrowest_type_that_loses_nothing(
    tmp_path: Path, label: str, cells: tuple[str, ...], kind: str
) -> None:
    assert kind_of(tmp_path, label, *cells) == kind


def test_truth_is_spelled_as_in_the_file(tmp_path: Path) -> None:
    found = propose(tmp_path, "nom,ouvert", "a,oui", "b,Non", "c,Oui")
    assert found["schema"]["fields"][1] == {
        "name": "ouvert",
        "type": "boolean",
        "trueValues": ["Oui", "oui"],
        "falseValues": ["Non"],
    }


def test_names_keep_what_finds_the_column_again(tmp_path: Path) -> None:
    found = propose(tmp_path, '"Nb, total";"_interne";"a__b";', "1;2;3;", "4;5;6;")
    assert [(one["name"], one["label"]) for one in found["columns"]] == [
        ("Nb total", "Nb, total"),
        ("interne", "_interne"),
        ("a_b", "a__b"),
    ]
    assert (found["rows"], found["format"]) == (2, "csv")


@pytest.mark.parametrize("lines", [("",), ("a,A", "1,2"), ("a,a", "1,2"), ("_,-", "1,2"), ('a,b\n1,"2',)])
def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(NothingToInfer, match=r"\w{5}"):
        propose(tmp_path, *lines)
