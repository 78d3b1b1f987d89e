"""Other names of columns, as seen in real files: one JSON file per schema in `shared/registry/synonyms/`.

Each names a field that nothing else in its schema could be; names that two fields could claim (`SIRET` in a file of
subventions, `type`, `nom`) are left out: no guess.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def synonyms_of(schema_name: str) -> Mapping[str, tuple[str, ...]]:
    """Field → its other names, as their authors wrote them; {} for a schema without any."""
    owner, _, name = schema_name.partition("/")
    file = files("shared.registry") / "synonyms" / owner / f"{name}.json"
    if not name or "/" in name or not file.is_file():
        return {}
    found: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return {field: tuple(names) for field, names in found.items()}
