"""A small catalogue of schemas, made by a test."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SITE = "https://schema.example.fr/schemas"


@dataclass
class Catalogue:
    """A catalogue on disk: `path` its file, `base` the folder that stands for its site."""

    base: Path
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.base / "schemas.json"

    def put(self, name: str, version: str, document: dict[str, Any] | bytes, **entry: Any) -> None:
        """Publish a version, or other bytes under a version already published."""
        file = self.base / "schemas" / name / version / "schema-a-part.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        listed = self.entries.setdefault(name, {"name": name, "schema_type": "tableschema", "versions": []})
        listed.update(entry)
        known = {"version_name": version, "schema_url": f"{SITE}/{name}/{version}/schema-a-part.json"}
        if known not in listed["versions"]:
            listed["versions"].append(known)
        self.write()

    def remove(self, name: str) -> None:
        """The catalogue forgets a schema."""
        del self.entries[name]
        self.write()

    def write(self) -> None:
        """Write `schemas.json`."""
        self.path.write_text(json.dumps({"version": 1, "schemas": list(self.entries.values())}))
