"""The faults of a request, each located: a JSON Pointer into its body, or the name of a parameter or a header."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

_FRENCH = {
    "missing": "Obligatoire, et absent.",
    "extra_forbidden": "N'existe pas ici.",
    "json_invalid": "Ce n'est pas du JSON : erreur à partir du caractère {position}.",
    "int_parsing": "Un nombre entier est attendu.",
    "int_type": "Un nombre entier est attendu.",
    "int_from_float": "Un nombre entier est attendu, sans partie décimale.",
    "float_parsing": "Un nombre est attendu.",
    "float_type": "Un nombre est attendu.",
    "bool_parsing": "true ou false est attendu.",
    "bool_type": "true ou false est attendu.",
    "string_type": "Un texte est attendu.",
    "list_type": "Une liste est attendue.",
    "dict_type": "Un objet est attendu.",
    "model_attributes_type": "Un objet est attendu.",
    "model_type": "Un objet est attendu.",
    "uuid_parsing": "Un UUID est attendu.",
    "date_from_datetime_parsing": "Une date AAAA-MM-JJ est attendue.",
    "date_parsing": "Une date AAAA-MM-JJ est attendue.",
    "datetime_from_date_parsing": "Une date et une heure ISO 8601 sont attendues.",
    "datetime_parsing": "Une date et une heure ISO 8601 sont attendues.",
    "url_parsing": "Une adresse (URL) est attendue.",
    "literal_error": "Valeurs possibles : {expected}.",
    "enum": "Valeurs possibles : {expected}.",
    "string_pattern_mismatch": "La forme attendue est {pattern}.",
    "string_too_short": "Au moins {min_length} caractère(s) attendu(s).",
    "string_too_long": "Au plus {max_length} caractères acceptés.",
    "too_short": "Au moins {min_length} élément(s) attendu(s).",
    "too_long": "Au plus {max_length} éléments acceptés.",
    "greater_than": "Doit dépasser {gt}.",
    "greater_than_equal": "Doit valoir au moins {ge}.",
    "less_than": "Doit rester sous {lt}.",
    "less_than_equal": "Doit valoir au plus {le}.",
}
"""Rule of pydantic → sentence, with the members of the rule's context; any other rule keeps pydantic's own words."""


def pointed(error: Mapping[str, Any]) -> dict[str, str]:
    """An error of pydantic as a member of `errors`: `in`, `name`, `rule`, `detail`, and `pointer` in a JSON body."""
    place, *path = [str(part).encode(errors="replace").decode() for part in error["loc"]]  # JSON may hold surrogates
    rule = error["type"]
    context = dict(error.get("ctx") or {})
    if rule == "json_invalid":
        context["position"], path = path[0] if path else "0", []
    if "expected" in context:
        context["expected"] = " ou ".join(str(context["expected"]).rsplit(" or ", 1))
    sentence = _FRENCH.get(rule)
    found = {
        "in": place,
        "name": ".".join(path) or place,
        "rule": rule,
        "detail": sentence.format_map(context) if sentence else str(error["msg"]).removeprefix("Value error, "),
    }
    return found | ({"pointer": json_pointer(path)} if place == "body" else {})


def json_pointer(path: list[str]) -> str:
    """The place as a URI fragment (RFC 6901, 6): `#/rows/0/a~1b`; `#` is the whole body."""
    return "#" + "".join("/" + quote(part.replace("~", "~0").replace("/", "~1")) for part in path)
