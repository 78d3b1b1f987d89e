"""Make the files of `data/` from the package `@etalab/decoupage-administratif`.

    npm pack @etalab/decoupage-administratif && tar xzf etalab-decoupage-administratif-*.tgz
    python -m shared.reference.generate package

Run it once a year, when the new code officiel géographique is out, and commit the result. The same package
gives the same files: rows are sorted and nothing depends on the day.
"""

import csv
import io
import json
import lzma
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
FIRST_YEAR, FIRST_MAJOR = 2026, 6
"""Version 6 of the package holds the year 2026; since then one major version a year."""

_FORMER_KINDS = {
    "commune-deleguee": "deleguee",
    "commune-associee": "associee",
    "arrondissement-municipal": "arrondissement",
}


def main(package: Path, data: Path = DATA) -> None:
    """Write every table and `source.json` into `data`; `package` is the folder that holds `package.json`."""
    communes = _load(package, "communes")
    epci = _load(package, "epci")
    data.mkdir(exist_ok=True)
    _write(data / "communes.csv.xz", _commune_rows(communes, epci))
    _write(data / "former_communes.csv.xz", _former_rows(communes))
    _write(data / "epci.csv.xz", _epci_rows(epci))
    _write(
        data / "departements.csv.xz",
        (
            {"code": each["code"], "name": each["nom"], "region": each["region"]}
            for each in _load(package, "departements")
        ),
    )
    version = json.loads((package / "package.json").read_bytes())["version"]
    year = FIRST_YEAR + int(version.split(".")[0]) - FIRST_MAJOR
    source = {"package": "@etalab/decoupage-administratif", "version": version, "year": year}
    (data / "source.json").write_text(json.dumps(source, indent=2) + "\n")


def _load(package: Path, table: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((package / "data" / f"{table}.json").read_bytes())
    return loaded


def _commune_rows(communes: Sequence[Mapping[str, Any]], epci: Sequence[Mapping[str, Any]]) -> Iterable[Any]:
    epci_of = {member["code"]: each["code"] for each in epci for member in each["membres"]}
    for each in communes:
        if each["type"] == "commune-actuelle":
            yield {
                "code": each["code"],
                "name": each["nom"],
                "siren": each.get("siren", ""),
                "population": each.get("population", ""),
                "departement": each["departement"],
                "region": each["region"],
                "epci_siren": epci_of.get(each["code"], ""),
                "postal_codes": " ".join(each.get("codesPostaux", ())),
                "former_codes": " ".join(sorted(each.get("anciensCodes", ()))),
            }


def _former_rows(communes: Sequence[Mapping[str, Any]]) -> Iterable[Any]:
    named = set()
    for each in communes:
        if kind := _FORMER_KINDS.get(each["type"]):
            named.add(each["code"])
            today = each.get("chefLieu") or each["commune"]
            yield _former(each["code"], each["nom"], kind=kind, today=today, departement=each["departement"])
    for each in communes:
        for code in each.get("anciensCodes", ()):
            if code not in named:
                yield _former(code, "", kind="fusionnee", today=each["code"], departement=each["departement"])


def _former(code: str, name: str, *, kind: str, today: str, departement: str) -> dict[str, str]:
    return {"code": code, "name": name, "kind": kind, "commune_code": today, "departement": departement}


def _epci_rows(epci: Sequence[Mapping[str, Any]]) -> Iterable[Any]:
    for each in epci:
        yield {
            "siren": each["code"],
            "name": each["nom"],
            "kind": each["type"],
            "population": each["populationMunicipale"],
        }


def _write(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    ordered = sorted(rows, key=lambda row: tuple(row.values())[:2])
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(ordered[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(ordered)
    packed = lzma.compress(text.getvalue().encode(), check=lzma.CHECK_CRC32, preset=9)
    file.write_bytes(packed)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
