"""How a CSV file of the rows of a question may be asked for: separator, byte order mark, harmless formulas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.errors import InvalidParameter

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

ALLOWED = {"delimiter": (";", ","), "bom": ("false", "true"), "formulas": ("keep", "escape")}
"""Name → values; the first one is the default."""

PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "delimiter",
        "in": "query",
        "schema": {"type": "string", "enum": list(ALLOWED["delimiter"]), "default": ";"},
        "description": "CSV seulement : le séparateur.",
    },
    {
        "name": "bom",
        "in": "query",
        "schema": {"type": "string", "enum": list(ALLOWED["bom"]), "default": "false"},
        "description": "CSV seulement : une marque d'ordre des octets, pour qu'Excel reconnaisse l'UTF-8.",
    },
    {
        "name": "formulas",
        "in": "query",
        "schema": {"type": "string", "enum": list(ALLOWED["formulas"]), "default": "keep"},
        "description": "CSV seulement : « escape » met une apostrophe devant les textes qu'un tableur prendrait pour "
        "des formules (= + - @). La donnée en est changée : « keep » la laisse telle quelle.",
    },
]


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """As asked for."""

    delimiter: str = ";"
    has_byte_order_mark: bool = False
    escapes_formulas: bool = False


FOR_DERIVING = CsvOptions(delimiter=",")
"""The file that other forms are made from."""


def read_csv_options(parameters: Sequence[tuple[str, str]]) -> tuple[CsvOptions, list[tuple[str, str]]]:
    """The options, and the other parameters in order. Raises InvalidParameter."""
    chosen: dict[str, str] = {}
    others = []
    for name, value in parameters:
        if name not in ALLOWED:
            others.append((name, value))
        elif name in chosen or value not in ALLOWED[name]:
            wrong = f"« {name} » est donné deux fois" if name in chosen else f"« {value[:20]} » n'est pas possible ici"
            possible = " ou ".join(f"« {one} »" for one in ALLOWED[name])
            raise InvalidParameter(name, f"{wrong}.", action=f"Donnez {name} une fois : {possible}.")
        else:
            chosen[name] = value
    options = CsvOptions(
        delimiter=chosen.get("delimiter", ";"),
        has_byte_order_mark=chosen.get("bom") == "true",
        escapes_formulas=chosen.get("formulas") == "escape",
    )
    return options, others
