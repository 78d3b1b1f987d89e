"""The native dialect: filters (`filters.py`) and `sort=`, `select=`, `limit=`, `count=`, `as_of=`, `cursor=`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.catalog.query.filters import FILTERS, GROUPS, read_filter
from services.catalog.query.names import read_items, refuse, refuse_unknown
from services.catalog.query.tree import AsOf, Count, RecordsQuery, SortKey
from services.catalog.view import DatasetView

DEFAULT_LIMIT = 20
MAX_LIMIT = 1000
MAX_SORT_KEYS = 5

CONTROLS = ("sort", "select", "limit", "cursor", "count", "as_of")
PARAMETERS = (*CONTROLS, *FILTERS)
"""Those that are no column."""

ONCE = frozenset(FILTERS) - frozenset(GROUPS)
"""Filters that are given once."""

YEARS = range(1900, 3000)
"""Of days and moments: a time zone never leads out of what a date can be."""

_VERSION = re.compile(r"\d{1,18}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class NativeRequest:
    """What a query string asks for; the cursor is still unread."""

    query: RecordsQuery
    cursor: str | None
    parameters: tuple[tuple[str, str], ...]
    """As given, without the cursor: the link to the next page repeats them."""


def read_query_string(parameters: Sequence[tuple[str, str]], view: DatasetView) -> NativeRequest:
    """Decoded parameters, in order and with repetitions. Raises InvalidParameter, naming the first wrong one."""
    controls, filters = split_parameters(parameters, CONTROLS)
    query = RecordsQuery(
        where=read_filter(filters, view, controls=PARAMETERS),
        sort=_sort(controls["sort"], view) if "sort" in controls else (),
        select=_select(controls["select"], view) if "select" in controls else None,
        limit=read_limit(controls.get("limit"), default=DEFAULT_LIMIT, maximum=MAX_LIMIT),
        count=_count(controls["count"]) if "count" in controls else Count.NONE,
        as_of=read_as_of(controls["as_of"]) if "as_of" in controls else None,
    )
    repeated = tuple((name, text) for name, text in parameters if name != "cursor")
    return NativeRequest(query, controls.get("cursor"), repeated)


def split_parameters(
    parameters: Sequence[tuple[str, str]], controls: Sequence[str]
) -> tuple[Mapping[str, str], Sequence[tuple[str, str]]]:
    """The parameters that control, given once each, and the others, in order. Raises InvalidParameter."""
    found: dict[str, str] = {}
    filters: list[tuple[str, str]] = []
    seen: set[str] = set()
    for name, text in parameters:
        if name in seen and (name in controls or name in ONCE):
            refuse(name, f"Le paramètre « {name} » est donné deux fois.", "Ne le donnez qu'une fois.")
        seen.add(name)
        if name in controls:
            found[name] = text
        else:
            filters.append((name, text))
    return found, filters


def read_limit(text: str | None, *, default: int, maximum: int) -> int:
    """How many rows. Raises InvalidParameter."""
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and 1 <= int(text) <= maximum):
        refuse("limit", f"« {text[:20]} » n'est pas une taille de page.", f"Donnez un nombre de 1 à {maximum}.")
    return int(text)


def read_as_of(text: str) -> AsOf:
    """A version, a day or a moment. Raises InvalidParameter."""
    try:
        if _VERSION.fullmatch(text):
            return int(text)
        if (_DAY.fullmatch(text) or _MOMENT.fullmatch(text)) and int(text[:4]) in YEARS:
            return date.fromisoformat(text) if _DAY.fullmatch(text) else datetime.fromisoformat(text)
    except ValueError:
        pass
    refuse(
        "as_of",
        f"« {text[:40]} » n'est ni une version, ni une date, ni un instant.",
        "Donnez un numéro de version, une date AAAA-MM-JJ (fin de ce jour, heure de Paris) ou un instant "
        "AAAA-MM-JJThh:mm:ss suivi de Z ; dans une adresse, le « + » d'un décalage s'écrit %2B.",
    )


def _sort(text: str, view: DatasetView) -> tuple[SortKey, ...]:
    keys = [_sort_key(item, view) for item in read_items("sort", text)]
    if len(keys) > MAX_SORT_KEYS or len({key.field for key in keys}) < len(keys):
        refuse("sort", "Une colonne est donnée deux fois, ou il y en a trop.", f"Triez par {MAX_SORT_KEYS} au plus.")
    return tuple(keys)


def _sort_key(item: str, view: DatasetView) -> SortKey:
    if view.table.column(item) is not None:
        return SortKey(item)
    field = item.removeprefix("-")
    if view.table.column(field) is None:
        refuse_unknown("sort", field, view, (*CONTROLS, *FILTERS))
    return SortKey(field, descending=True)


def _select(text: str, view: DatasetView) -> tuple[str, ...]:
    names = read_items("select", text)
    for name in names:
        if name not in view.field_names:
            refuse_unknown("select", name, view, PARAMETERS)
    if len(set(names)) < len(names):
        refuse("select", "Une colonne est demandée deux fois.", "Ne la demandez qu'une fois.")
    return tuple(names)


def _count(text: str) -> Count:
    if text not in set(Count):
        refuse(
            "count",
            f"« {text[:40]} » n'est pas une façon de compter.",
            f"Donnez {', '.join(Count)} ; une colonne nommée « count » se filtre par count__exact.",
        )
    return Count(text)
