"""Names as they appear in addresses: ASCII, lower case, words joined by hyphens."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})


def slugify(name: str) -> str:
    """ "L'Isle-en-Dodon" → "l-isle-en-dodon". Empty when nothing of the name is ASCII."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_LIGATURES))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def unique_slugs(named: Iterable[tuple[str, str]]) -> list[str]:
    """Slugs of (name, code) pairs, in their order; the code is appended to every slug met more than once."""
    pairs = list(named)
    slugs = [slugify(name) for name, _ in pairs]
    met = Counter(slugs)
    return [f"{slug}-{code.lower()}" if met[slug] > 1 else slug for slug, (_, code) in zip(slugs, pairs, strict=True)]
