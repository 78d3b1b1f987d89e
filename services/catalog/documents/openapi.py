"""The OpenAPI document of one data set: what its routes accept and answer, with its own columns.

Made from the document of the whole service, so it says what that one says; columns become typed parameters, and rows
a typed object.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.catalog.documents.origin import ORIGIN
from services.catalog.documents.table_schema import served_columns
from services.catalog.query.filters import TEXT_ONLY, UNORDERED
from services.catalog.query.names import SEPARATOR
from services.catalog.query.origin import COLUMNS as ORIGIN_COLUMNS
from services.catalog.query.places import has_places
from services.catalog.query.tree import Operator
from services.catalog.view import DatasetView
from shared.rows import RowColumn

PREFIX = "/v1/datasets/{dataset_id}"
ROUTES = ("/records", "/aggregate", "/exports", "/changes")
"""What the document is about, under the data set's own address."""

JSON_TYPES: Mapping[str, Mapping[str, str]] = {
    "integer": {"type": "integer"},
    "year": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
"""Table Schema type → how JSON answers write it; any other is a text."""

SAID: Mapping[Operator, str] = {
    Operator.EXACT: "égal à",
    Operator.DIFFERS: "différent de",
    Operator.CONTAINS: "contient (sans casse ni accents)",
    Operator.NOTCONTAINS: "ne contient pas",
    Operator.STARTSWITH: "commence par",
    Operator.IN: "est l'une des valeurs, séparées par des virgules",
    Operator.NOTIN: "n'est aucune des valeurs, séparées par des virgules",
    Operator.LESS: "inférieur ou égal à",
    Operator.GREATER: "supérieur ou égal à",
    Operator.STRICTLY_LESS: "strictement inférieur à",
    Operator.STRICTLY_GREATER: "strictement supérieur à",
    Operator.BETWEEN: "entre deux bornes comprises, séparées par une virgule",
    Operator.ISNULL: "sans valeur (paramètre sans valeur)",
    Operator.ISNOTNULL: "avec une valeur (paramètre sans valeur)",
    Operator.SEARCH: "contient tous les mots (sans casse ni accents)",
}

LISTS = (Operator.IN, Operator.NOTIN, Operator.BETWEEN)
WORDLESS = (Operator.ISNULL, Operator.ISNOTNULL)

ANY_COLUMN = "COLONNE__opérateur"
"""Stands for columns in the document of the service."""

OF_PLACES = ("bbox", "near")
"""Parameters that only rows with positions have."""

ROW = "#/components/schemas/Row"


def dataset_openapi(
    whole: Mapping[str, Any], view: DatasetView, *, title: str, fields: Sequence[Mapping[str, Any]], server_url: str
) -> dict[str, Any]:
    """`whole`: the document of the service; `fields`: Table Schema descriptors of the columns, as served."""
    texts = {field["name"]: _said_of(field) for field in fields}
    paths = {
        path.replace("{dataset_id}", view.dataset_id): _path_item(item, view, texts)
        for path, item in whole["paths"].items()
        if path.startswith(PREFIX) and path.removeprefix(PREFIX).startswith(ROUTES)
    }
    components = copy.deepcopy(whole["components"]["schemas"])
    for name in list(components):
        _type_rows(components[name])
    components["Row"] = _row(view, texts)
    return {
        "openapi": whole["openapi"],
        "info": {**whole["info"], "title": title, "version": str(view.version or 0), "description": _about(view)},
        "servers": [{"url": server_url}],
        "externalDocs": {"url": f"{server_url}/v1/datasets/{view.dataset_id}/schema", "description": "Table Schema"},
        "tags": whole["tags"],
        "paths": paths,
        "components": {"schemas": _needed(components, paths)},
    }


def column_parameters(view: DatasetView, texts: Mapping[str, str], taken: set[str]) -> Iterator[dict[str, Any]]:
    """One for each column and operator that fits it. `taken`: names that mean something else."""
    origin = ORIGIN_COLUMNS.values() if view.is_consolidated else ()
    for column in (*origin, *served_columns(view)):
        for operator in Operator:
            if _fits(operator, column):
                yield _parameter(column.field_name, operator, _json_type(column.field_type), texts, taken)


def _path_item(item: Mapping[str, Any], view: DatasetView, texts: Mapping[str, str]) -> dict[str, Any]:
    operation = copy.deepcopy(item["get"])
    without = ("dataset_id", ANY_COLUMN, *(() if has_places(view) else OF_PLACES))
    declared = [one for one in operation.get("parameters", []) if one["name"] not in without]
    if operation.pop("x-free-parameters", False):
        declared += column_parameters(view, texts, {one["name"] for one in declared})
    return {"get": {**operation, "parameters": declared}}


def _fits(operator: Operator, column: RowColumn) -> bool:
    if operator in TEXT_ONLY:
        return column.is_text
    return column.field_type != "boolean" or operator in UNORDERED


def _parameter(
    field: str, operator: Operator, type_: Mapping[str, str], texts: Mapping[str, str], taken: set[str]
) -> dict[str, Any]:
    plain = operator is Operator.EXACT and field not in taken
    described: dict[str, Any] = {
        "name": field if plain else f"{field}{SEPARATOR}{operator}",
        "in": "query",
        "description": f"{texts[field]} : {SAID[operator]}.",
        "schema": dict(type_),
    }
    if operator in WORDLESS:
        described |= {"schema": {"type": "string", "enum": ["", "true"]}, "allowEmptyValue": True}
    elif operator in LISTS:
        described |= {"schema": {"type": "array", "items": dict(type_)}, "style": "form", "explode": False}
    elif operator is Operator.SEARCH or operator in TEXT_ONLY:
        described["schema"] = {"type": "string"}
    return described


def _row(view: DatasetView, texts: Mapping[str, str]) -> dict[str, Any]:
    types = {column.field_name: column.field_type for column in served_columns(view)}
    types |= {name: ORIGIN[name]["type"] for name in view.field_names if view.is_consolidated and name in ORIGIN}
    members = {
        name: {**(kind := _json_type(types[name])), "type": [kind["type"], "null"], "description": texts[name]}
        for name in view.field_names
    }
    others = "" if view.is_consolidated else " Les colonnes du producteur hors du schéma suivent, en textes."
    return {
        "type": "object",
        "description": f"Une ligne ; « select » en choisit les colonnes.{others}",
        "properties": members,
        "additionalProperties": False if view.is_consolidated else {"type": ["string", "null"]},
    }


def _type_rows(schema: dict[str, Any]) -> None:
    """In models of pages and of changes, any object becomes a row of this data set."""
    members = schema.get("properties", {})
    if schema.get("title") == "RecordsOut":
        members["data"]["items"] = {"$ref": ROW}
    if schema.get("title") == "RecordOut":
        members["data"] = {"$ref": ROW}
    for name in ("before", "after"):
        if {"op", "key", name} <= set(members):
            members[name] |= {"anyOf": [{"$ref": ROW}, {"type": "null"}]}


def _needed(components: Mapping[str, Any], paths: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas that the paths speak of, directly or not, and the row."""
    names, waiting = {"Row"}, ["Row", *_references(paths)]
    while waiting:
        name = waiting.pop()
        names.add(name)
        waiting += [one for one in _references(components[name]) if one not in names]
    return {name: components[name] for name in sorted(names)}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        reference = node.get("$ref")
        if isinstance(reference, str):
            yield reference.rpartition("/")[2]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


def _json_type(field_type: str) -> dict[str, str]:
    return dict(JSON_TYPES.get(field_type, {"type": "string"}))


def _said_of(field: Mapping[str, Any]) -> str:
    return str(field.get("title") or field["name"])


def _about(view: DatasetView) -> str:
    return (
        f"Lire « {view.dataset_id} » : lignes filtrées, regroupements, fichiers, changements. Ce document est celui de "
        f"la version {view.version or 0} ; il change si le schéma change."
    )
