"""Filters of the native dialect: `FIELD__operator=value`, groups of them, words, places."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from services.catalog.query.names import read_items, refuse, refuse_unknown, split_name
from services.catalog.query.origin import origin_of
from services.catalog.query.places import has_places
from services.catalog.query.tree import And, Condition, InBox, Near, Not, Operator, Or, Value, Where, Words
from services.catalog.query.values import read_degrees, read_text, read_value
from services.catalog.query.written import UnreadableText, Written, read_group
from services.catalog.view import DatasetView
from shared.rows import RowColumn

MAX_CONDITIONS = 50
"""In one question, groups included; each word that is searched is one."""

MAX_LISTED = 500
"""Values of one `in`."""

MAX_METRES = 1_000_000

GROUPS = ("or", "and", "not")
FILTERS = ("q", "bbox", "near", *GROUPS)
"""Parameters that filter and are no column."""

TEXT_ONLY = (Operator.CONTAINS, Operator.NOTCONTAINS, Operator.STARTSWITH, Operator.SEARCH)
UNORDERED = (Operator.EXACT, Operator.DIFFERS, Operator.IN, Operator.NOTIN, Operator.ISNULL, Operator.ISNOTNULL)


def read_filter(given: Sequence[tuple[str, str]], view: DatasetView, *, controls: Iterable[str]) -> And:
    """All filters of a query string, which hold together. Raises InvalidParameter, naming the first wrong one."""
    parts = tuple(_part(name, text, view, controls) for name, text in given)
    where = And(parts)
    if weight(where) > MAX_CONDITIONS:
        refuse(
            given[-1][0],
            f"La question a plus de {MAX_CONDITIONS} conditions.",
            "Posez une question plus simple ; pour plusieurs valeurs d'une colonne, une seule condition « in » suffit.",
        )
    return where


def weight(where: Where) -> int:
    """How many conditions a filter has."""
    match where:
        case And(parts) | Or(parts):
            return sum(weight(part) for part in parts)
        case Not(part):
            return weight(part)
        case Words(words):
            return len(words)
        case Condition(_, Operator.SEARCH, values):
            return len(values)
        case _:
            return 1


def _part(name: str, text: str, view: DatasetView, controls: Iterable[str]) -> Where:
    match name:
        case "q":
            return Words(_words(name, text))
        case "bbox" | "near":
            return _place(name, text, view)
        case "or" | "and" | "not":
            try:
                members = read_group(text)
            except UnreadableText as error:
                refuse(name, str(error), f"Écrivez par exemple {name}=(COLONNE__greater=3,COLONNE__isnull).")
            return _group(name, members, view, controls)
        case _:
            return read_condition(name, text, view, controls)


def _group(name: str, members: Sequence[Written], view: DatasetView, controls: Iterable[str]) -> Where:
    parts = tuple(_member(member, view, controls) for member in members)
    if name == "not":
        if len(parts) > 1:
            refuse("not", "« not » porte sur une seule condition.", "Écrivez not=(or=(…)) ou not=(and=(…)).")
        return Not(parts[0])
    return Or(parts) if name == "or" else And(parts)


def _member(member: Written, view: DatasetView, controls: Iterable[str]) -> Where:
    if member.members is None:
        return _part(member.name, member.value, view, controls)
    if member.name not in GROUPS:
        refuse(
            member.name,
            f"« {member.name[:60]} » n'est pas un groupe de conditions.",
            f"Un groupe est {', '.join(GROUPS)} ; une valeur qui commence par une parenthèse s'écrit entre guillemets.",
        )
    return _group(member.name, member.members, view, controls)


def read_condition(name: str, text: str, view: DatasetView, controls: Iterable[str]) -> Condition:
    """One condition on one column. Raises InvalidParameter."""
    field, operator = split_name(name, view, controls)
    column = origin_of(field, view) or view.table.column(field)
    if column is None:
        refuse_unknown(name, field, view, controls)
    _check_operator(name, operator, column)
    return Condition(field, operator, _values(name, text, operator, column))


def _check_operator(name: str, operator: Operator, column: RowColumn) -> None:
    field = column.field_name
    if operator in TEXT_ONLY and not column.is_text:
        refuse(name, f"« {field} » n'est pas un texte.", "Comparez-la par exact, less, greater, between ou in.")
    if column.field_type == "boolean" and operator not in UNORDERED:
        refuse(name, f"« {field} » est vrai ou faux : il n'a pas d'ordre.", f"Écrivez {field}=true ou {field}=false.")


def _values(name: str, text: str, operator: Operator, column: RowColumn) -> tuple[Value, ...]:
    match operator:
        case Operator.ISNULL | Operator.ISNOTNULL:
            if text not in ("", "true"):
                refuse(name, f"« {operator} » ne prend pas de valeur.", f"Écrivez {name}= ; l'inverse est à part.")
            return ()
        case Operator.SEARCH:
            return _words(name, text)
        case Operator.IN | Operator.NOTIN:
            texts = read_items(name, text)
            if len(texts) > MAX_LISTED:
                refuse(name, f"Plus de {MAX_LISTED} valeurs.", "Donnez-en moins, ou posez plusieurs questions.")
        case Operator.BETWEEN:
            texts = read_items(name, text)
            if len(texts) != 2:
                refuse(name, "Un intervalle a deux bornes.", f"Écrivez {name}=MIN,MAX ; les bornes sont comprises.")
        case _:
            texts = [text]
    return tuple(read_value(name, one, column) for one in texts)


def _words(name: str, text: str) -> tuple[str, ...]:
    words = tuple(read_text(name, text).split())
    if not words:
        refuse(name, "Aucun mot n'est donné.", "Donnez au moins un mot à chercher.")
    return words


def _place(name: str, text: str, view: DatasetView) -> InBox | Near:
    if not has_places(view):
        refuse(name, "Les lignes de ce jeu de données n'ont pas de coordonnées.", f"Retirez « {name} ».")
    numbers = [read_degrees(part) for part in text.split(",")]
    match name, numbers:
        case "bbox", [Decimal() as west, Decimal() as south, Decimal() as east, Decimal() as north]:
            if max(abs(west), abs(east)) <= 180 and -90 <= south <= north <= 90:
                return InBox(west, south, east, north)
        case "near", [Decimal() as longitude, Decimal() as latitude, Decimal() as metres]:
            if abs(longitude) <= 180 and abs(latitude) <= 90 and 0 <= metres <= MAX_METRES:
                return Near(longitude, latitude, metres)
    wanted = {
        "bbox": "bbox=ouest,sud,est,nord, en degrés décimaux (WGS 84) : bbox=1.2,43.4,1.6,43.7",
        "near": f"near=longitude,latitude,mètres, {MAX_METRES} m au plus : near=1.4442,43.6043,500",
    }
    refuse(name, f"« {text[:60]} » ne se lit pas comme un lieu.", f"Écrivez {wanted[name]}.")
