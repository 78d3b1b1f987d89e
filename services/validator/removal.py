"""A file that names rows to remove: what names them is read, the rest is not, and nothing of it is published."""

from dataclasses import replace

from shared.registry import SchemaVersion


def naming_fields(schema: SchemaVersion) -> frozenset[str] | None:
    """The fields that say which rows leave: those of the identity and of the slice. None where only a whole row names
    itself: all of it is read then."""
    if not schema.identity:
        return None
    cut = schema.slice.parts if schema.slice else ()
    return frozenset((*schema.identity, *(name for name, _ in cut)))


def of_removal(schema: SchemaVersion) -> SchemaVersion:
    """The schema as it judges such a file. A cell that names a row must be readable, whatever the schema forgives
    elsewhere: no row is to leave for a value that was not understood."""
    named = naming_fields(schema)
    if named is None:
        return schema
    severities = {
        name: {rule: level for rule, level in rules.items() if rule != "type"}
        for name, rules in schema.severities.items()
    }
    required = tuple(name for name in schema.required_columns if name in named)
    return replace(schema, required_columns=required, custom_checks=(), severities=severities)
