"""The Table Schema of a free data set, as a stranger wrote it: read against a closed grammar, kept in our own words.

What changes a verdict is known or refused (types, formats, constraints, patterns that a linear engine can match).
What changes none is left out and told: `example`, `rdfType`, `foreignKeys`, `custom_checks`…
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.catalog.free.grammar import (
    BOUNDS,
    CHECKS,
    CONSTRAINTS,
    FORMATS,
    LENGTHS,
    MAX_KEY,
    MAX_LINE,
    MAX_NAME,
    MAX_PROSE,
    MAX_WORDS,
)
from services.catalog.free.said import readable
from shared.errors import Refusal
from shared.reference import slugify

MAX_FIELDS = 250
"""A row of PostgreSQL fits a page of 8 kB: as many texts at 18 bytes each, kept beside it, do."""

MAX_ERRORS = 50

NAME = re.compile(r"[^\W_](?:[^\x00-\x1f\x7f\",;]*[^\s\x00-\x1f\x7f\",;])?")
"""Begins with a letter or a digit: what begins with `_` is ours."""

TITLES = {"title": MAX_LINE, "description": MAX_PROSE}


class InvalidDataset(Refusal):
    """The description or the schema of a free data set cannot be kept; `errors` points at each fault."""

    status = 422
    code = "invalid-dataset"
    title = "Jeu de données invalide"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        more = f" et {len(errors) - 1} autre(s) point(s)" if len(errors) > 1 else ""
        super().__init__(
            f"{errors[0]['pointer']} : {errors[0]['detail']}{more}.",
            action="Corrigez ce que `errors` désigne, puis renvoyez la requête.",
            errors=errors[:MAX_ERRORS],
        )


def fault(pointer: str, detail: str) -> dict[str, str]:
    """What is wrong (French, no full stop), and where in the body."""
    return {"pointer": _shown(pointer), "detail": _shown(detail)}


@dataclass(frozen=True, slots=True)
class OwnSchema:
    """A Table Schema that can be kept."""

    document: str
    """JSON."""
    ignored: tuple[str, ...]
    """Members that were left out, as JSON pointers; `*` stands for every field."""

    @property
    def sha256(self) -> str:
        """Of the document in UTF-8."""
        return hashlib.sha256(self.document.encode()).hexdigest()


def read_own_schema(content: Mapping[str, Any], at: str = "#/schema") -> OwnSchema:
    """The schema at `at` in a body. Raises InvalidDataset."""
    reading = _Reading()
    kept = reading.schema(content, at)
    if reading.errors:
        raise InvalidDataset(reading.errors)
    document = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    return OwnSchema(document, tuple(sorted(reading.ignored)))


@dataclass(slots=True)
class _Reading:
    errors: list[dict[str, str]] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)

    def add(self, pointer: str, detail: str) -> None:
        self.errors.append(fault(pointer, detail))

    def schema(self, content: Mapping[str, Any], at: str) -> dict[str, Any]:
        fields = content.get("fields")
        if not isinstance(fields, list) or not 1 <= len(fields) <= MAX_FIELDS:
            self.add(f"{at}/fields", f"il faut une liste de 1 à {MAX_FIELDS} champs")
            return {}
        self.ignored |= {f"{at}/{_escaped(name)}" for name in set(content) - {"fields", "primaryKey", "missingValues"}}
        kept: dict[str, Any] = {"fields": [self.field(one, f"{at}/fields/{rank}") for rank, one in enumerate(fields)]}
        names = [one.get("name") for one in kept["fields"]]
        self.distinct(names, at)
        if content.get("primaryKey"):
            kept["primaryKey"] = self.key(content["primaryKey"], names, f"{at}/primaryKey")
        if "missingValues" in content:
            kept["missingValues"] = self.words(content["missingValues"], f"{at}/missingValues", least=0)
        return kept

    def distinct(self, names: list[Any], at: str) -> None:
        """Columns are found by their names, but for case, accents and punctuation."""
        seen: dict[str, int] = {}
        for rank, name in enumerate(names):
            if not isinstance(name, str):
                continue
            first = seen.setdefault(slugify(name) or name.casefold(), rank)
            if first != rank:
                self.add(f"{at}/fields/{rank}/name", f"« {name} » ne se distingue pas assez de « {names[first]} »")

    def field(self, content: object, at: str) -> dict[str, Any]:
        if not isinstance(content, dict):
            self.add(at, "un champ est un objet JSON")
            return {}
        kind, form = content.get("type", "string"), content.get("format", "default")
        known = {"name", "type", "format", "constraints", *TITLES}
        kept: dict[str, Any] = {"name": self.name(content.get("name"), f"{at}/name"), "type": kind}
        if not isinstance(kind, str) or kind not in FORMATS:
            self.add(f"{at}/type", f"type inconnu ici ; choisissez parmi {', '.join(FORMATS)}")
            return kept
        if form not in FORMATS[kind]:
            self.add(f"{at}/format", f"format inconnu pour « {kind} » ; choisissez parmi {', '.join(FORMATS[kind])}")
        elif form != "default":
            kept["format"] = form
        if kind == "boolean":
            known |= {"trueValues", "falseValues"}
            kept |= self.truth(content, at)
        kept |= {
            name: self.text(content[name], f"{at}/{name}", most) for name, most in TITLES.items() if content.get(name)
        }
        if content.get("constraints"):
            kept["constraints"] = self.constraints(content["constraints"], kind, f"{at}/constraints")
        self.ignored |= {f"#/schema/fields/*/{_escaped(name)}" for name in set(content) - known}
        return kept

    def name(self, name: object, at: str) -> object:
        if not isinstance(name, str) or len(name) > MAX_NAME or not NAME.fullmatch(name) or "__" in name:
            self.add(
                at,
                f"il faut un nom de 1 à {MAX_NAME} caractères, qui commence par une lettre ou un chiffre, sans "
                "virgule, point-virgule, guillemet ni « __ »",
            )
            return None
        return self.text(name, at, MAX_NAME)

    def truth(self, content: Mapping[str, Any], at: str) -> dict[str, list[str]]:
        given = {name: content[name] for name in ("trueValues", "falseValues") if name in content}
        if len(given) == 1:
            self.add(at, "donnez trueValues et falseValues ensemble")
        kept = {name: self.words(value, f"{at}/{name}", least=1) for name, value in given.items()}
        if len(kept) == 2 and set(kept["trueValues"]) & set(kept["falseValues"]):
            self.add(f"{at}/falseValues", "une même valeur ne peut pas dire vrai et faux")
        return kept

    def words(self, values: object, at: str, *, least: int) -> list[str]:
        if not isinstance(values, list) or not least <= len(values) <= MAX_WORDS:
            self.add(at, f"il faut une liste de {least} à {MAX_WORDS} textes")
            return []
        return [str(self.text(one, f"{at}/{rank}", MAX_NAME)) for rank, one in enumerate(values)]

    def key(self, key: object, names: list[Any], at: str) -> list[str]:
        listed = [key] if isinstance(key, str) else key
        if not isinstance(listed, list) or not all(isinstance(one, str) and one in names for one in listed):
            self.add(at, "la clé primaire nomme des champs du schéma")
            return []
        if len(set(listed)) < len(listed) or len(listed) > MAX_KEY:
            self.add(at, f"la clé primaire nomme au plus {MAX_KEY} champs, chacun une fois")
        return listed

    def text(self, text: object, at: str, longest: int) -> object:
        try:
            if not isinstance(text, str) or len(text) > longest:
                raise ValueError(f"il faut un texte d'au plus {longest} caractères")
            return readable(text)
        except ValueError as error:
            self.add(at, str(error))
            return None

    def constraints(self, content: object, kind: str, at: str) -> dict[str, Any]:
        if not isinstance(content, dict):
            self.add(at, "les contraintes sont un objet JSON")
            return {}
        allowed = ("required", "unique", *CONSTRAINTS.get(kind, ()))
        for name in content:
            if name not in allowed:
                self.add(
                    f"{at}/{_escaped(name)}", f"contrainte inconnue pour « {kind} » ; possibles : {', '.join(allowed)}"
                )
        kept = {name: content[name] for name in allowed if name in content}
        for name, value in kept.items():
            detail = CHECKS[name](kind, value)
            if detail:
                self.add(f"{at}/{name}", detail)
        for least, most in (LENGTHS, BOUNDS):
            if not self.errors and least in kept and most in kept and kept[least] > kept[most]:
                self.add(f"{at}/{most}", f"{most} est inférieur à {least}")
        return kept


def _escaped(name: str) -> str:
    """A member in a JSON pointer (RFC 6901)."""
    return _shown(name[:MAX_NAME]).replace("~", "~0").replace("/", "~1")


def _shown(text: str) -> str:
    """JSON may hold half of a surrogate pair, which no answer can."""
    return text.encode(errors="replace").decode()
