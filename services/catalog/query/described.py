"""The parameters of questions, as OpenAPI documents tell them. Filters by column are told per data set."""

from typing import Any

from services.catalog.query.aggregate_tree import Measured, Period
from services.catalog.query.native import DEFAULT_LIMIT, MAX_LIMIT, MAX_SORT_KEYS
from services.catalog.query.native_aggregate import DEFAULT_LIMIT as DEFAULT_GROUPS
from services.catalog.query.native_aggregate import MAX_LIMIT as MAX_GROUPS
from services.catalog.query.tree import Count, Operator

LISTED = 'Entre des virgules ; un élément qui contient une virgule s\'écrit entre guillemets : `a,"b,c"`.'


def _parameter(name: str, description: str, *, example: object = None, **schema: Any) -> dict[str, Any]:
    told = {"name": name, "in": "query", "schema": {"type": "string"} | schema, "description": description}
    return told if example is None else told | {"example": example}


def _group(name: str, what: str, example: str) -> dict[str, Any]:
    return _parameter(
        name,
        f"{what} Les conditions sont entre des virgules, dans des parenthèses, et peuvent être à leur tour `or=(…)`, "
        "`and=(…)` ou `not=(…)`. Une valeur qui contient une virgule ou une parenthèse, ou qui commence par un "
        "guillemet, s'écrit entre guillemets, un guillemet y étant doublé. Exemple : "
        f"`{name}={example}`. Le paramètre peut être répété.",
    )


CONDITIONS = (
    "Une condition s'écrit `COLONNE__opérateur=valeur` ; `COLONNE=valeur` vaut `exact`. Toutes valent ensemble. "
    "Opérateurs : "
    + ", ".join(f"`{operator}`" for operator in Operator)
    + '. `in`, `notin` et `between` prennent une liste : `a,"b,c"`. La page docs/requetes.md décrit chacun.'
)
"""Columns differ from a data set to another: they are no parameters of the operation."""

FILTER_PARAMETERS = [
    _parameter("q", "Mots que les textes d'une ligne contiennent tous, sans égard à la casse ni aux accents."),
    _group("or", "Au moins une des conditions vaut.", "(A__exact=1,and=(B__less=3,C__isnull))"),
    _group("and", "Toutes les conditions valent.", "(A__greater=1,or=(B=x,B=y))"),
    _group("not", "La condition, une seule, ne vaut pas.", "(or=(A=1,B=2))"),
    _parameter(
        "bbox",
        "Rectangle `ouest,sud,est,nord` en degrés décimaux (WGS 84), pour un jeu de données qui a des coordonnées.",
    ),
    _parameter("near", "Cercle `longitude,latitude,mètres`, pour un jeu de données qui a des coordonnées."),
    _parameter(
        "as_of",
        "La version à lire : son numéro, une date (fin de ce jour, heure de Paris) ou un instant ISO 8601. "
        "410 si elle n'est plus conservée.",
    ),
]

RECORDS_PARAMETERS = [
    _parameter("select", f"Colonnes de la réponse, dans l'ordre. {LISTED}"),
    _parameter(
        "sort",
        f"Colonnes, {MAX_SORT_KEYS} au plus, « - » devant une colonne pour l'ordre décroissant. Les lignes sans "
        f"valeur viennent en dernier. {LISTED}",
    ),
    _parameter("limit", "Lignes par page.", type="integer", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT),
    _parameter(
        "count",
        "Dire aussi combien de lignes satisfont les filtres, dans `meta.total` : `estimate` ne coûte rien, `exact` "
        "lit toutes ces lignes.",
        enum=[*Count],
        default=Count.NONE.value,
    ),
    _parameter("cursor", "Donné par links.next."),
    *FILTER_PARAMETERS,
]

AGGREGATE_PARAMETERS = [
    _parameter(
        "group_by",
        f"Colonnes ; ou la période d'une date ({', '.join(f'`COLONNE__{period}`' for period in Period)}) ; ou les "
        f"intervalles d'un nombre ou d'une date, par leurs bornes (`COLONNE__ranges:0:1000:5000`). {LISTED}",
    ),
    _parameter(
        "measures",
        f"`count` (les lignes), ou une mesure d'une colonne : {', '.join(f'`COLONNE__{one}`' for one in Measured)}. "
        f"{LISTED}",
        default="count",
    ),
    _parameter(
        "having",
        "Conditions sur les mesures demandées, qui valent toutes : `count__greater=10,montant__sum__less=500`. "
        "Opérateurs : exact, differs, less, greater, strictly_less, strictly_greater.",
    ),
    _parameter("sort", "Noms de la réponse, « - » devant pour l'ordre décroissant ; sans lui, par les groupes."),
    _parameter(
        "facets",
        "À la place de group_by : colonnes (ou périodes, ou intervalles) dont on veut les valeurs les plus fréquentes, "
        f"chacune avec son nombre de lignes ; limit est alors le nombre de valeurs par colonne. {LISTED}",
    ),
    _parameter(
        "limit",
        "Groupes au plus ; `meta.complete` dit s'il y en a d'autres.",
        type="integer",
        minimum=1,
        maximum=MAX_GROUPS,
        default=DEFAULT_GROUPS,
    ),
    *FILTER_PARAMETERS,
]
