"""How lists and groups of conditions are written in one parameter, so that any character can be in a value.

A list: `a,b,"c,d"`. An item that begins with a quote ends with one, and a quote inside is doubled; in any other item
all characters but the comma are themselves.

A group: `(NAME=value,NAME="va,lue",or=(…))`. A name or a value that begins with a quote is quoted in the same way; any
other name ends at `=`, `,` or `)`, any other value at `,` or `)`, and holds no parenthesis.
"""

import re
from dataclasses import dataclass

MAX_DEPTH = 5
"""Of groups in groups."""

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_BARE_ITEM = re.compile(r"[^,]*")
_BARE_NAME = re.compile(r"[^=,()]*")
_BARE_VALUE = re.compile(r"[^,()]*")


class UnreadableText(ValueError):
    """What is written breaks the rules; the message is French and tells where."""


@dataclass(frozen=True, slots=True)
class Written:
    """One `name=value` of a group; a group itself has members instead of a value."""

    name: str
    value: str = ""
    members: tuple["Written", ...] | None = None


def read_list(text: str) -> list[str]:
    """The items of a list, at least one. Raises UnreadableText."""
    items, at = [], 0
    while True:
        item, at = _read(text, at, _BARE_ITEM)
        items.append(item)
        if at == len(text):
            return items
        if text[at] != ",":
            raise UnreadableText(f"Au caractère {at + 1}, une virgule est attendue après le guillemet fermant.")
        at += 1


def write_list(items: list[str]) -> str:
    """The text that `read_list` reads as these items."""
    return ",".join(f'"{item.replace(chr(34), chr(34) * 2)}"' if re.search('^"|,', item) else item for item in items)


def read_group(text: str) -> tuple[Written, ...]:
    """The members of a group, at least one. Raises UnreadableText."""
    members, at = _members(text, 0, depth=1)
    if at != len(text):
        raise UnreadableText(f"Au caractère {at + 1}, rien n'est attendu après la parenthèse fermante.")
    return members


def _members(text: str, at: int, *, depth: int) -> tuple[tuple[Written, ...], int]:
    if depth > MAX_DEPTH:
        raise UnreadableText(f"Des groupes sont imbriqués à plus de {MAX_DEPTH} niveaux.")
    if text[at : at + 1] != "(":
        raise UnreadableText(f"Au caractère {at + 1}, une parenthèse ouvrante est attendue.")
    members = []
    while True:
        member, at = _member(text, at + 1, depth=depth)
        members.append(member)
        if text[at : at + 1] == ")":
            return tuple(members), at + 1
        if text[at : at + 1] != ",":
            raise UnreadableText(
                f"Au caractère {at + 1}, une virgule ou une parenthèse fermante est attendue ; "
                'une valeur qui contient une parenthèse ou une virgule s\'écrit entre guillemets : "a,b".'
            )


def _member(text: str, at: int, *, depth: int) -> tuple[Written, int]:
    name, at = _read(text, at, _BARE_NAME)
    if not name:
        raise UnreadableText(f"Au caractère {at + 1}, un nom est attendu.")
    if text[at : at + 1] != "=":
        return Written(name), at
    if text[at + 1 : at + 2] == "(":
        members, at = _members(text, at + 1, depth=depth + 1)
        return Written(name, members=members), at
    value, at = _read(text, at + 1, _BARE_VALUE)
    return Written(name, value), at


def _read(text: str, at: int, bare: re.Pattern[str]) -> tuple[str, int]:
    if text[at : at + 1] != '"':
        found = bare.match(text, at)
        return (found[0], found.end()) if found else ("", at)
    quoted = _QUOTED.match(text, at)
    if quoted is None:
        raise UnreadableText(f"Le guillemet ouvert au caractère {at + 1} n'est pas refermé.")
    return quoted[1].replace('""', '"'), quoted.end()
