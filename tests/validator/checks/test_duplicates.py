"""Identities that several rows share."""

import polars as pl
from judging import Judge, codes, deliberation_file


def test_rows_of_one_identity_are_kept_apart_with_a_warning(judge: Judge) -> None:
    found = judge(deliberation_file({}, {"DELIB_ID": "other"}, {"DELIB_OBJET": "changed"}, {}))
    assert found.report.verdict == "valid"
    assert codes(found) == {"duplicate-identity": 2}
    assert found.table_path is not None
    assert pl.read_parquet(found.table_path)["_occurrence"].to_list() == [0, 0, 1, 2]
    assert [(each.row, each.severity) for each in found.report.findings if each.code == "duplicate-identity"] == [
        (4, "warning"),
        (5, "warning"),
    ]
    assert "ligne 2" in found.report.findings[-1].message


def test_without_its_columns_an_identity_says_nothing(judge: Judge) -> None:
    file = "commune_insee;voie_nom;long;lat\n" + "31395;Rue du Lac;1.3;43.4\n" * 2
    assert "duplicate-identity" not in codes(judge(file, "bal"))
