"""Words as searches see them: small letters and digits without accents. `catalog.folded` does the same in SQL."""

import re
import unicodedata

MAX_WORDS = 10

LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def folded(text: str) -> str:
    """One space around each word: ` deliberations de l isle `; two spaces when there is no word."""
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(one for one in decomposed if not "\u0300" <= one <= "\u036f").lower().translate(LIGATURES)
    return f" {re.sub('[^a-z0-9]+', ' ', bare).strip(' ')} "


def words_of(question: str) -> tuple[str, ...]:
    """The words of a question, each once, in order; the first ones of a long question."""
    return tuple(dict.fromkeys(folded(question).split()))[:MAX_WORDS]


def stem(word: str) -> str:
    """What is looked for: a plural finds its singular."""
    return word[:-1] if len(word) > 4 and word[-1] in "sx" else word
