"""The native dialect: `FIELD=value`, `FIELD__operator=value`, `sort=`, `select=`, `limit=`, `cursor=`."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn

from services.catalog.query.conditions import SYMBOLS
from services.catalog.query.tree import And, Condition, Operator, RecordsQuery, SortKey
from services.catalog.query.values import read_text, read_value
from services.catalog.view import ORIGIN_FIELDS, DatasetView
from shared.errors import InvalidParameter

DEFAULT_LIMIT = 20
MAX_LIMIT = 1000
MAX_CONDITIONS = 20
MAX_SORT_KEYS = 5

CONTROLS = ("sort", "select", "limit", "cursor")
SEPARATOR = "__"
ORGANISATION_FIELD = "organisation_siren"


@dataclass(frozen=True, slots=True)
class NativeRequest:
    """What a query string asks for; the cursor is still unread."""

    query: RecordsQuery
    cursor: str | None
    parameters: tuple[tuple[str, str], ...]
    """As given, without the cursor: the link to the next page repeats them."""


def read_query_string(parameters: Sequence[tuple[str, str]], view: DatasetView) -> NativeRequest:
    """Decoded parameters, in order and with repetitions. Raises InvalidParameter, naming the first wrong one."""
    controls: dict[str, str] = {}
    conditions: list[Condition] = []
    for name, text in parameters:
        if name in controls:
            _refuse(name, f"Le paramètre « {name} » est donné deux fois.", "Ne le donnez qu'une fois.")
        if name in CONTROLS:
            controls[name] = text
        else:
            conditions.append(_condition(name, text, view))
    if len(conditions) > MAX_CONDITIONS:
        _refuse(parameters[-1][0], f"Plus de {MAX_CONDITIONS} conditions.", "Posez une question plus simple.")
    query = RecordsQuery(
        where=And(tuple(conditions)),
        sort=_sort(controls["sort"], view) if "sort" in controls else (),
        select=_select(controls["select"], view) if "select" in controls else None,
        limit=_limit(controls.get("limit", str(DEFAULT_LIMIT))),
    )
    repeated = tuple((name, text) for name, text in parameters if name != "cursor")
    return NativeRequest(query, controls.get("cursor"), repeated)


def _condition(name: str, text: str, view: DatasetView) -> Condition:
    field, operator = _split(name, view)
    if field in ORIGIN_FIELDS and view.is_consolidated:
        if field != ORGANISATION_FIELD or operator is not Operator.EXACT:
            _refuse(name, f"« {field} » ne se filtre pas ainsi.", f"Filtrez par {ORGANISATION_FIELD}=<SIREN>.")
        return Condition(field, operator, (read_text(name, text),))
    column = view.table.column(field)
    if column is None:
        _refuse_unknown(name, field, view)
    if operator not in SYMBOLS:
        _refuse(name, "Cet opérateur ne se lit pas encore.", "Prenez-en un autre.")
    if column.field_type == "boolean" and operator is not Operator.EXACT:
        _refuse(name, f"« {field} » est vrai ou faux : il n'a pas d'ordre.", f"Écrivez {field}=true ou {field}=false.")
    return Condition(field, operator, (read_value(name, text, column),))


def _split(name: str, view: DatasetView) -> tuple[str, Operator]:
    if name in view.field_names or SEPARATOR not in name:
        return name, Operator.EXACT
    field, _, operator = name.rpartition(SEPARATOR)
    if field not in view.field_names:
        _refuse_unknown(name, field, view)
    if operator not in set(Operator):
        near = get_close_matches(operator, list(Operator), n=1)
        hint = f"Vouliez-vous dire « {field}{SEPARATOR}{near[0]} » ? " if near else ""
        listed = ", ".join(Operator)
        _refuse(name, f"L'opérateur « {operator[:60]} » n'existe pas.", f"{hint}Opérateurs possibles : {listed}.")
    return field, Operator(operator)


def _sort(text: str, view: DatasetView) -> tuple[SortKey, ...]:
    keys = [SortKey(part.removeprefix("-"), part.startswith("-")) for part in text.split(",")]
    for key in keys:
        if view.table.column(key.field) is None:
            _refuse_unknown("sort", key.field, view)
    if len(keys) > MAX_SORT_KEYS or len({key.field for key in keys}) < len(keys):
        _refuse("sort", "Une colonne est donnée deux fois, ou il y en a trop.", f"Triez par {MAX_SORT_KEYS} au plus.")
    return tuple(keys)


def _select(text: str, view: DatasetView) -> tuple[str, ...]:
    names = text.split(",")
    for name in names:
        if name not in view.field_names:
            _refuse_unknown("select", name, view)
    if len(set(names)) < len(names):
        _refuse("select", "Une colonne est demandée deux fois.", "Ne la demandez qu'une fois.")
    return tuple(names)


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and 1 <= int(text) <= MAX_LIMIT):
        _refuse("limit", f"« {text[:20]} » n'est pas une taille de page.", f"Donnez un nombre de 1 à {MAX_LIMIT}.")
    return int(text)


def _refuse_unknown(parameter: str, field: str, view: DatasetView) -> NoReturn:
    by_folded = {name.casefold(): name for name in (*view.field_names, *CONTROLS)}
    near = [by_folded[one] for one in get_close_matches(field.casefold(), by_folded, n=3)]
    hint = f"Vouliez-vous dire {' ou '.join(f'« {one} »' for one in near)} ? " if near else ""
    _refuse(
        parameter,
        f"« {field[:60]} » n'est ni une colonne de ce jeu de données, ni un paramètre.",
        f"{hint}Colonnes : {', '.join(view.field_names)}. Paramètres : {', '.join(CONTROLS)}.",
    )


def _refuse(parameter: str, detail: str, action: str) -> NoReturn:
    raise InvalidParameter(parameter[:80], detail, action=action)
