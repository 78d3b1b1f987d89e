"""Words out of a closed list: the one the vendor wrote but for case, accents, apostrophes and spaces.

Oui → oui        Entrée → entrée        CAGE D'ESCALIER → cage d’escalier        VRAI → true (in a list true/false)
two listed values that differ only by case → not corrected
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

TRUE_WORDS = frozenset(("oui", "o", "vrai", "true", "1", "yes"))
FALSE_WORDS = frozenset(("non", "n", "faux", "false", "0", "no"))
DEFAULT_TRUE = ("true", "True", "TRUE", "1")
DEFAULT_FALSE = ("false", "False", "FALSE", "0")
"""Table Schema's own spellings, where a schema gives none."""

APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ´`‘", "'"))


def listed(text: str, allowed: Sequence[str]) -> str | None:
    """The one allowed value that is the text but for its spelling; None if it is allowed already, or none is."""
    if text in allowed:
        return None
    same = [value for value in allowed if folded_word(value) == folded_word(text)]
    return same[0] if len(same) == 1 else None


def spelled_boolean(text: str, *, true_values: Iterable[str], false_values: Iterable[str]) -> str | None:
    """The first spelling that the schema gives to the truth value a French text names."""
    true, false = tuple(true_values), tuple(false_values)
    if text in true or text in false:
        return None
    word = folded_word(text)
    if word in TRUE_WORDS or word in map(folded_word, true):
        return true[0]
    if word in FALSE_WORDS or word in map(folded_word, false):
        return false[0]
    return None


def folded_word(text: str) -> str:
    """Text without case, accents, apostrophe shapes, doubled spaces, or spaces around `;` and `/`."""
    letters = (c for c in unicodedata.normalize("NFD", text.translate(APOSTROPHES)) if not unicodedata.combining(c))
    return re.sub(r"\s*([;/])\s*", r"\1", " ".join("".join(letters).casefold().replace("œ", "oe").split()))
