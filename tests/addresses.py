"""Addresses in tests: judging rows by columns, texts worth trying in each column, files that hypothesis spoils."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import strategies as st

from services.validator.checks.bal import AddressFile, AddressRules, address_columns, version_of
from services.validator.checks.bal_levels import FIELDS, national_name
from services.validator.findings import Severity

FILES = Path(__file__).parent / "files"
TODAY = date(2026, 11, 21)
LEVELS = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.INFO: "I"}


@dataclass
class Verdict:
    """What was found in a file of addresses, under the names of the national judge."""

    profile: str
    rows: list[list[str]]
    """Of each row, sorted."""
    whole: set[str] = field(default_factory=set)
    levels: dict[str, str] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """valid or invalid."""
        return "invalid" if "E" in self.levels.values() else "valid"


def judge_rows(header: Sequence[str], rows: Sequence[Sequence[str]], *, batch_rows: int = 3) -> Verdict:
    """The faults of cells, rows and file; not of the header nor of the form of the file."""
    version = version_of(header, exact=True)
    columns = address_columns({}, list(enumerate(header)), exact=True)
    rules = AddressRules(AddressFile(columns, 1, version, TODAY))
    found: list[set[str]] = [set() for _ in rows]
    verdict = Verdict(profile=version[:3], rows=[])

    def note(code: str, severity: Severity) -> str:
        verdict.levels[code] = LEVELS[severity]
        return code

    for start in range(0, len(rows), batch_rows):
        part = rows[start : start + batch_rows]
        texts = [pl.Series([row[at] for row in part], dtype=pl.String) for at in range(len(header))]
        lines = pl.Series(range(start + 2, start + 2 + len(part)), dtype=pl.Int64)
        for run in rules.check(texts, lines):
            code = note(national_name(run.code, run.column) or "", run.severity)
            for rank, row in enumerate(run.rows):
                run.describe(rank)
                found[start + int(row)].add(code)
    faults, runs, all_lines = rules.finish()
    verdict.whole = {note(national_name(each.code, each.column) or "", each.severity) for each in faults}
    for run in runs:
        code = note(national_name(run.code, run.column) or "", run.severity)
        for rank, row in enumerate(run.rows):
            run.describe(rank)
            found[int(all_lines[row]) - 2].add(code)
    verdict.rows = [sorted(codes) for codes in found]
    return verdict


def read_addresses(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a file, blank lines aside."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [row for row in csv.reader(file, delimiter=";") if row]
    return header, rows


def written(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """As a file."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


UUID = "5c9b1f36-40a5-4c4e-9d0e-6b3a2f6c7d10"
UUID_1 = UUID.replace("-4c", "-1c")
_NAMES = ["RUE DU LAC", "ab", "R_ue du Lac", "a" * 200, "a" * 201, "123", "Rue\ufffd", "Le La", "Lieu-dit Le Bourg"]
_FLOATS = [
    "1",
    "01",
    "1,5",
    "1.",
    "-01",
    ".5",
    "1e5",
    "0",
    "007",
    "05.1",
    "1 000",
    "0.841375",
    "43.376844",
    "524993.49",
]
_IDENTIFIERS = [UUID, UUID_1, UUID.upper(), "x"]
TEXTS: dict[str, list[str]] = {
    "cle_interop": [
        *("31239_0045_00012_bis", "31239_XXXX_00012", "31239_0000_12", "a_b_c", "31239_004_00001", "_"),
        *("2a004_0001_00000", "01340_0045_00012", "31239__00001", "31239_0045_x", "99999_AbCd_00001"),
    ],
    "uid_adresse": [f"@a:{UUID} @v:{UUID} @c:{UUID}", f"@v:{UUID} @c:{UUID}", f"@c:{UUID_1}", "truc", "@a:"],
    **dict.fromkeys(("id_ban_commune", "id_ban_toponyme", "id_ban_adresse"), _IDENTIFIERS),
    **dict.fromkeys(("voie_nom", "toponyme", "voie_nom_bre", "toponyme_oci"), _NAMES),
    "lieudit_complement_nom": ["Le Bourg", "Place de la Mairie", "PLACE de la mairie", "La"],
    "numero": ["1", "0", "00", "007", "99999", "100000", "9" * 20, "-1", "1.0", "1 bis", "\u0661", "1e3"],
    "suffixe": ["bis", "-b", "a" * 9, "a" * 10, "b'", "É", "b é"],
    "commune_insee": ["31239", "2a004", "01340", "99999", "13055", "13201", "1001"],
    "commune_nom": ["Muret", "muret", "MURET", "L'Isle-en-Dodon"],
    "commune_deleguee_insee": ["01340", "31239", "xx", "01015"],
    "position": ["Entrée", "entree", "entre\u0301e", "cage d'escalier", "Délivrance-postale", "x", "bâtiment_"],
    **dict.fromkeys(("x", "y", "long", "lat"), _FLOATS),
    "cad_parcelles": ["312390000A0001", "|350088000AB0245", "350088000AB0245|", "a", "|", "a b|c"],
    "date_der_maj": ["2009-12-31", "2010-01-01", "2026-11-21", "2026-11-22", "2024-02-30", "0000-02-29", "01/02/2024"],
    "certification_commune": ["0", "1", "oui", "true", "01"],
}
"""Column → texts at the edges of its rules."""

PLACES = (
    ("-61.10498", "17.937947", "700711.65", "1984342.75"),
    ("56.391385", "-19.150249", "436000.14", "7882436.2"),
    ("168.002771", "-20.853845", "608416.48", "370200.73"),
    ("2.30831", "48.850244", "649242.57", "6861365.86"),
    ("-9.86", "41.15", "0", "0"),
    ("0", "0", "1", "1"),
)
"""long, lat, x, y: overseas, the edges of the territories, 10.01 m away."""

BASES = [read_addresses(FILES / f"bal_{version}.csv") for version in ("1.3", "1.4", "1.5")]


@st.composite
def spoiled_files(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a file that was right before its cells and columns were spoiled."""
    base_header, base_rows = draw(st.sampled_from(BASES))
    header = list(base_header)
    rows = [list(row) for row in draw(st.lists(st.sampled_from(base_rows), min_size=1, max_size=7))]
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
        _spoil_header(draw, header, rows)
    for _ in range(draw(st.integers(0, 6))):
        _spoil_cell(draw, header, rows)
    if draw(st.booleans()) and {"long", "lat", "x", "y"} <= set(header):
        row = draw(st.sampled_from(rows))
        for name, text in zip(("long", "lat", "x", "y"), draw(st.sampled_from(PLACES)), strict=True):
            row[header.index(name)] = text
    return header, rows


def _spoil_header(draw: st.DrawFn, header: list[str], rows: list[list[str]]) -> None:
    if draw(st.booleans()):
        at = draw(st.integers(0, len(header) - 1))
        del header[at]
        for row in rows:
            del row[at]
        return
    name = draw(st.sampled_from([*FIELDS, "voie_nom_bre", "toponyme_oci", "commune_nom_eus", "autre", "Voie_nom"]))
    if name not in header:
        header.append(name)
        for row in rows:
            row.append(draw(st.sampled_from([*TEXTS.get(name, ["Plasenn"]), ""])))


def _spoil_cell(draw: st.DrawFn, header: list[str], rows: list[list[str]]) -> None:
    at = draw(st.integers(0, len(header) - 1))
    row = draw(st.sampled_from(rows))
    spaces = st.sampled_from(["", " ", "\u00a0", "\ufeff", "\u0085"])
    row[at] = draw(
        st.one_of(
            st.just(""),
            st.sampled_from(TEXTS.get(header[at], ["x"])),
            st.sampled_from([other[at] for other in rows]),
            st.builds(lambda before, after: before + row[at] + after, spaces, spaces),
            st.text(st.sampled_from("0129aXé_|-., '@:"), max_size=12),
        )
    )
