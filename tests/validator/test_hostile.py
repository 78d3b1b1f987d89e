"""Files made to harm: each ends in a precise finding, quickly and in little memory."""

import resource

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging import DELIBERATION, Judge, codes, deliberation_file

HEADER = ",".join(DELIBERATION)
ROW = ",".join(DELIBERATION.values())

HOSTILE = {
    "a 50 MB cell": (HEADER + "\n" + ROW + "x" * 50_000_000, "line-too-long"),
    "a 50 MB quoted cell": (HEADER + '\n"' + "x" * 50_000_000 + '"', "line-too-long"),
    "a 50 MB cell of many lines": (HEADER + '\n"' + "x\n" * 25_000_000, "cell-too-long"),
    "5,000 columns": (",".join(f"c{n}" for n in range(5_000)) + "\n1\n", "too-many-columns"),
    "5,000 cells in a row": (HEADER + "\n" + ROW + ",x" * 5_000, "extra-cell"),
    "a 2 MB header": ("c" * 2_000_000, "line-too-long"),
    "a header only": (HEADER + "\n", "no-rows"),
    "a header and blank lines": (HEADER + "\n" * 1_000, "no-rows"),
    "an unclosed quote": (HEADER + "\n" + ROW + '\n"' + ROW + "\n", "unclosed-quote"),
    "a quote in the middle": (HEADER + "\n" + '"a"b,' + ROW, "malformed-quoting"),
    "nothing but delimiters": (",,,,\n" * 100, "empty-file"),
    "NUL bytes": (HEADER + "\n" + ROW.replace("Muret", "Mu\0ret"), "nul-bytes"),
    "a web page": ("<!doctype html><title>404</title>", "html-instead-of-csv"),
    "a late web page": ("\n" * 500 + "<html><body>", "html-instead-of-csv"),
    "control characters": (HEADER + "\n\x02\x03" + ROW, "binary-content"),
    "mixed encodings": (f"{HEADER}\n{ROW}é\n".encode() + f"{ROW}é\n".encode("cp1252"), "encoding-unknown"),
    "a huge integer": (deliberation_file({"VOTE_REEL": "9" * 60_000}), "integer-format"),
    "a catastrophic first name": (
        "COLL_INSEE,ENFANT_SEXE,ENFANT_PRENOM,NOMBRE_OCCURRENCES,ANNEE\n31395,F," + "Aa-" * 30 + "!,5,2024\n",
        "pattern-mismatch",
    ),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_file_ends_in_a_finding(judge: Judge, name: str) -> None:
    content, code = HOSTILE[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = judge(content, "scdl/prenoms" if "first name" in name else "scdl/deliberations")
    assert found.report.verdict == "invalid"
    assert code in codes(found)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000, "kilobytes held above what it was"


def test_a_file_of_old_macintosh_line_ends_is_read(judge: Judge) -> None:
    assert judge(deliberation_file({}).replace("\n", "\r")).report.verdict == "valid"


def test_direction_marks_do_not_hide_a_column(judge: Judge) -> None:
    text = deliberation_file({}).replace("COLL_NOM", "\N{RIGHT-TO-LEFT OVERRIDE}COLL_NOM", 1)
    found = judge(text)
    assert [(each.rule, each.column) for each in found.report.corrections] == [("header-name", "COLL_NOM")]
    assert codes(judge(text, corrections="none")) == {"missing-column": 1}


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=400))
def test_no_bytes_make_the_pipeline_crash(judge: Judge, content: bytes) -> None:
    assert judge(HEADER.encode() + b"\n" + content).report.verdict in ("valid", "invalid")


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=st.lists(st.text(max_size=30), min_size=1, max_size=20), quote=st.booleans())
def test_no_text_makes_the_pipeline_crash(judge: Judge, cells: list[str], quote: bool) -> None:
    line = ",".join(f'"{cell}"' if quote else cell for cell in cells)
    text = (HEADER + "\n" + ROW + "\n" + line + "\n").encode("utf-8", "replace")
    assert judge(text).report.verdict in ("valid", "invalid")
