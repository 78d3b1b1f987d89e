"""Names of a question: columns, operators, parameters; an unknown one is refused with the nearest known ones."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NoReturn

from services.catalog.query.tree import Operator
from services.catalog.query.written import UnreadableText, read_list
from services.catalog.view import DatasetView
from shared.errors import InvalidParameter

SEPARATOR = "__"
OPERATORS = frozenset(Operator)


def split_name(name: str, view: DatasetView, controls: Iterable[str]) -> tuple[str, Operator]:
    """`COLUMN__operator`, or `COLUMN` alone for equality. Raises InvalidParameter."""
    if name in view.field_names or SEPARATOR not in name:
        return name, Operator.EXACT
    field, _, operator = name.rpartition(SEPARATOR)
    if field not in view.field_names:
        refuse_unknown(name, field, view, controls)
    if operator not in OPERATORS:
        near = get_close_matches(operator, list(Operator), n=1)
        hint = f"Vouliez-vous dire « {field}{SEPARATOR}{near[0]} » ? " if near else ""
        listed = ", ".join(Operator)
        refuse(name, f"L'opérateur « {operator[:60]} » n'existe pas.", f"{hint}Opérateurs possibles : {listed}.")
    return field, Operator(operator)


def read_items(parameter: str, text: str) -> list[str]:
    """The items of a list. Raises InvalidParameter."""
    try:
        return read_list(text)
    except UnreadableText as error:
        refuse(
            parameter,
            str(error),
            'Écrivez les éléments entre des virgules ; celui qui contient une virgule, entre guillemets : a,"b,c".',
        )


def refuse_unknown(parameter: str, field: str, view: DatasetView, controls: Iterable[str]) -> NoReturn:
    """Refuse a name that is neither a column nor a parameter."""
    if field in view.field_names:
        refuse(
            parameter,
            f"« {field} » dit d'où vient une ligne : on la lit, on filtre par elle, mais pas ceci.",
            "Triez et mesurez par les colonnes du schéma ; groupez aussi par organisation_siren ou organisation_nom.",
        )
    controls = tuple(controls)
    by_folded = {name.casefold(): name for name in (*view.field_names, *controls)}
    near = [by_folded[one] for one in get_close_matches(field[:200].casefold(), by_folded, n=3)]
    hint = f"Vouliez-vous dire {' ou '.join(f'« {one} »' for one in near)} ? " if near else ""
    refuse(
        parameter,
        f"« {field[:60]} » n'est ni une colonne de ce jeu de données, ni un paramètre.",
        f"{hint}Colonnes : {', '.join(view.field_names)}. Paramètres : {', '.join(controls)}.",
    )


def refuse(parameter: str, detail: str, action: str) -> NoReturn:
    """Refuse a parameter."""
    raise InvalidParameter(parameter[:80], detail, action=action)
