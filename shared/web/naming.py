"""Names in an OpenAPI document: those that programs made from it bear, beside those that people read."""

import re
import unicodedata
from typing import Any

from fastapi.routing import APIRoute

Document = dict[str, Any]


def operation_name(route: APIRoute) -> str:
    """`operationId`: what the function is called. That two routes of an app share one, the framework tells."""
    return route.name


def tag_name(title: str) -> str:
    """What generators can call a folder or a class: « Jeux de données » → `jeux-de-donnees`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def with_plain_tags(document: Document) -> Document:
    """The document, completed in place: groups bear plain names; what people read of each is in `tags`."""
    titles: dict[str, str] = {}
    for part in ("paths", "webhooks"):
        for item in document.get(part, {}).values():
            for operation in item.values():
                titles |= {tag_name(title): title for title in operation.get("tags", ())}
                operation["tags"] = [tag_name(title) for title in operation.get("tags", ())]
    document["tags"] = [
        {"name": name, "x-displayName": title, "description": title} for name, title in sorted(titles.items())
    ]
    return document
