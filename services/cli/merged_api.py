"""One OpenAPI document out of the services' own, and the table of which service owns which path."""

import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

Document = dict[str, Any]
Component = tuple[str, str]
"""Kind (`schemas`, `securitySchemes`…) and name."""

_REFERENCE = re.compile(r"#/components/(?P<kind>\w+)/(?P<name>.+)")


class PathClash(Exception):
    """Two services claim the same path: a mistake of ours, seen at start."""


def owned_segment(path: str) -> str:
    """What decides who answers a path: `/v1/deposits/{id}` → `/v1/deposits`."""
    return "/".join(path.split("/")[:3])


def path_table(apps: Mapping[str, FastAPI]) -> dict[str, str]:
    """Owned segment → service, from the services' own routes. Raises PathClash."""
    table: dict[str, str] = {}
    for service, app in apps.items():
        for path in app.openapi()["paths"]:
            segment = owned_segment(path)
            if table.setdefault(segment, service) != service:
                raise PathClash(f"{segment} belongs to {table[segment]} and to {service}")
    return table


def merge_documents(documents: Mapping[str, Document], *, title: str, description: str) -> Document:
    """All of what they hold; a component that two services define differently is renamed for each later.

    Raises PathClash when two services define the same path.
    """
    first = next(iter(documents.values()))
    merged: Document = {
        "openapi": first["openapi"],
        "info": {**first["info"], "title": title, "description": description},
        "paths": {},
        "components": {},
        "tags": [],
    }
    for service, document in documents.items():
        _add(merged, _with_own_names(document, merged["components"], service), service)
    if not merged["tags"]:
        del merged["tags"]
    return merged


def _add(merged: Document, document: Document, service: str) -> None:
    for path, item in document["paths"].items():
        if path in merged["paths"]:
            raise PathClash(f"{path} is defined twice, the second time by {service}")
        merged["paths"][path] = item
    if "webhooks" in document:
        merged.setdefault("webhooks", {}).update(document["webhooks"])
    for kind, components in document.get("components", {}).items():
        merged["components"].setdefault(kind, {}).update(components)
    known = {tag["name"] for tag in merged["tags"]}
    merged["tags"] += [tag for tag in document.get("tags", []) if tag["name"] not in known]


def _with_own_names(document: Document, taken: Document, service: str) -> Document:
    """The document with those components renamed whose name stands for something else already.

    What refers to a renamed component is no longer what it was, so it may have to be renamed too: until nothing is.
    """
    names: dict[Component, str] = {}
    own = {**document}
    while clashing := [one for one in _components(document) if one not in names and _clashes(one, own, taken)]:
        names |= {(kind, name): f"{service.capitalize()}{name}" for kind, name in clashing}
        own = _renamed(document, names)
    own["components"] = {
        kind: dict(_titled(component, name, names.get((kind, name), name)) for name, component in components.items())
        for kind, components in own.get("components", {}).items()
    }
    return own


def _titled(component: Document, former: str, name: str) -> tuple[str, Document]:
    """The component under its name. Programs made from the document call a type by its title: that changes too."""
    return name, {**component, "title": name} if name != former and "title" in component else component


def _components(document: Document) -> list[Component]:
    return [(kind, name) for kind, components in document.get("components", {}).items() for name in components]


def _clashes(component: Component, document: Document, taken: Document) -> bool:
    kind, name = component
    mine = document["components"][kind][name]
    return bool(taken.get(kind, {}).get(name, mine) != mine)


def _renamed(node: Any, names: Mapping[Component, str]) -> Any:
    """The node with its references, and its named security requirements, under their new names."""
    if isinstance(node, list):
        return [_renamed(one, names) for one in node]
    if not isinstance(node, dict):
        return node
    result = {key: _renamed(value, names) for key, value in node.items()}
    reference = result.get("$ref")
    if isinstance(reference, str) and (match := _REFERENCE.fullmatch(reference)):
        name = names.get((match["kind"], match["name"]), match["name"])
        result["$ref"] = f"#/components/{match['kind']}/{name}"
    if isinstance(result.get("security"), list):
        result["security"] = [
            {names.get(("securitySchemes", name), name): scopes for name, scopes in one.items()}
            for one in result["security"]
        ]
    return result
