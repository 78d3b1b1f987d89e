"""Says in an OpenAPI document what the edge makes true of every operation: bounds, and who may ask."""

from typing import Any

from shared.uploads import BodyTooLarge
from shared.web.addresses import LONGEST_ADDRESS_BYTES, LONGEST_VALUE_CHARACTERS
from shared.web.problems import refusals

Document = dict[str, Any]

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_VALUES = frozenset({"default", "const", "enum", "example", "examples"})
"""Members of a schema that hold values, not schemas."""
_TOO_LARGE = refusals(BodyTooLarge)[BodyTooLarge.status]


def bounded(document: Document) -> Document:
    """The document, completed in place; doing it twice changes nothing."""
    for item in document.get("paths", {}).values():
        for operation in (operation for method, operation in item.items() if method in _METHODS):
            operation.setdefault("security", [])
            if "requestBody" in operation:
                operation["responses"].setdefault(str(BodyTooLarge.status), _TOO_LARGE)
            for parameter in operation.get("parameters", ()):
                _bound_parameter(parameter)
    for item in document.get("webhooks", {}).values():
        for operation in item.values():
            operation.setdefault("security", [])
            operation.get("responses", {}).pop("422", None)  # the framework's own: a receiver answers what it likes
    _name_integers(document)
    return document


def _bound_parameter(parameter: dict[str, Any]) -> None:
    """As `refuse_unfit_addresses` does; a header, than what is read of one."""
    schema = parameter.get("schema", {})
    for one in schema.get("anyOf", [schema]):
        if one.get("type") == "array":
            repeated_bytes = len(parameter["name"]) + len("=&")
            one.setdefault("maxItems", LONGEST_ADDRESS_BYTES // repeated_bytes)
            one = one.get("items", {})
        if one.get("type") == "string" and not {"enum", "const"} & set(one):
            in_address = parameter["in"] in ("path", "query")
            one.setdefault("maxLength", LONGEST_VALUE_CHARACTERS if in_address else LONGEST_ADDRESS_BYTES)


def _name_integers(node: Any) -> None:
    """Every integer is one of 64 bits."""
    if isinstance(node, list):
        for one in node:
            _name_integers(one)
    elif isinstance(node, dict):
        if node.get("type") == "integer":
            node.setdefault("format", "int64")
        for name, value in node.items():
            if name not in _VALUES:
                _name_integers(value)
