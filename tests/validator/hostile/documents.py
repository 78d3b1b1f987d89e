"""Hostile JSON, NDJSON, procurement trees and Parquet."""

import io
import json
import math

import polars as pl
from judging import DELIBERATION
from validator.hostile.hostile_file import Hostile, text_file

TREE = {"marches": {"marche": [{"id": "1", "titulaires": [{"titulaire": {"id": "1"}}] * 3}]}}


def _parquet(frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def _deep(depth: int, opening: str, closing: str) -> str:
    return opening * depth + closing * depth


DOCUMENTS: dict[str, Hostile] = {
    # JSON
    "JSON 100,000 deep": Hostile(text_file("[" + _deep(100_000, "[", "]") + "]"), ("json-invalid",)),
    "objects 100,000 deep": Hostile(
        text_file(_deep(100_000, '{"a":', "}").replace("{}", '{"a":1}')), ("json-invalid",)
    ),
    "a JSON number of 60,000 digits": Hostile(
        text_file(json.dumps([DELIBERATION]).replace('"7.5"', "9" * 60_000)),
        ("valid", "pattern-mismatch", "not-in-list", "nomenclature-acte"),
    ),
    "a JSON number of a huge exponent": Hostile(
        text_file(json.dumps([DELIBERATION]).replace('"7.5"', "1e999999999")),
        ("valid", "nomenclature-acte", "pattern-mismatch"),
    ),
    "a JSON NaN": Hostile(text_file('[{"COLL_NOM": NaN}]'), ("json-invalid",)),
    "a lone surrogate": Hostile(
        text_file(json.dumps([DELIBERATION | {"DELIB_OBJET": "\ud800"}])), ("replacement-character",)
    ),
    "a NUL in JSON": Hostile(text_file(json.dumps([DELIBERATION | {"DELIB_OBJET": "a\0b"}])), ("control-character",)),
    "a key twice": Hostile(text_file('[{"COLL_NOM": "a", "COLL_NOM": "b"}]'), ("json-invalid",)),
    "JSON that stops": Hostile(text_file('[{"COLL_NOM": "a"}, {"COLL'), ("json-invalid",)),
    "JSON of numbers": Hostile(text_file("[1, 2, 3]"), ("json-shape",)),
    "JSON of 1,000 keys": Hostile(text_file(json.dumps([{f"k{n}": n for n in range(1_000)}])), ("too-many-columns",)),
    "a JSON cell of 1 MB": Hostile(
        text_file(json.dumps([DELIBERATION | {"DELIB_OBJET": "x" * 1_000_000}])), ("cell-too-long",)
    ),
    "NDJSON of an endless line": Hostile(
        text_file(json.dumps(DELIBERATION) + '\n{"COLL_NOM": "' + "x" * 2_000_000), ("line-too-long",)
    ),
    "100 MB of JSON": Hostile(
        lambda: b"[" + b'{"COLL_NOM":"x"},' * 6_000_000 + b"{}]", ("file-too-complex",), is_long=True
    ),
    "the procurement tree of 2019": Hostile(
        text_file('{"marches": [{"id": "1"}]}'), ("decp-old-form",), schema="decp/marches"
    ),
    "a procurement tree of numbers": Hostile(
        text_file('{"marches": {"marche": [1, 2]}}'), ("json-shape",), schema="decp/marches"
    ),
    "a procurement tree of another file": Hostile(
        text_file(json.dumps(TREE)), ("required-value",), schema="decp/marches"
    ),
    "JSON of no object": Hostile(text_file("[]"), ("no-rows",)),
    "a procurement tree of no contract": Hostile(
        text_file('{"marches": {"marche": []}}'), ("no-rows",), "decp/marches"
    ),
    # Parquet
    "Parquet of garbage": Hostile(text_file(b"PAR1" + b"\xff" * 4_000 + b"\xa0\x0f\0\0PAR1"), ("parquet-unreadable",)),
    "Parquet of absurd metadata": Hostile(
        text_file(b"PAR1" + b"\0" * 40 + b"\xff\xff\xff\x7fPAR1"), ("parquet-unreadable",)
    ),
    "Parquet cut short": Hostile(lambda: _parquet(pl.DataFrame(DELIBERATION))[:-20], ("parquet-unreadable",)),
    "Parquet of bytes": Hostile(lambda: _parquet(pl.DataFrame({"COLL_NOM": [[b"a"]]})), ("parquet-unreadable",)),
    "Parquet of a list beyond numbers": Hostile(
        lambda: _parquet(pl.DataFrame({"COLL_NOM": [[math.nan, 1.0]]})), ("parquet-unreadable",)
    ),
    "Parquet of 30 million rows": Hostile(
        lambda: _parquet(pl.DataFrame({"COLL_NOM": pl.repeat("x", 30_000_000, eager=True)})),
        ("parquet-unreadable",),
        is_long=True,
    ),
    "Parquet of long texts": Hostile(
        lambda: _parquet(pl.DataFrame({"COLL_NOM": ["x" * 200_000] * 50})), ("cell-too-long",)
    ),
}
