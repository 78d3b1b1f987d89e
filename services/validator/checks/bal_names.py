"""Names of streets, made comparable: two names that the national judge of addresses takes for one give the same text.

    comparable("Rue du 8-Mai") == comparable("RUE DU HUIT MAI") == "rue huit mai"
    comparable("Av. de l'Église") == comparable("Avenue Eglise") == "avenue eglise"

Case and accents go, articles go, usual abbreviations are written out, numbers are spelled in French.
"""

import re
from functools import lru_cache

_SPELLED_OUT = {
    "pl": "place",
    "av": "avenue",
    "bd": "boulevard",
    "sq": "square",
    "che": "chemin",
    "chem": "chemin",
    "rte": "route",
    "all": "allee",
    "pas": "passage",
    "vla": "villa",
    "imp": "impasse",
    "qu": "quai",
    "ham": "hammeau",
    "prt": "porte",
    "parv": "parvis",
    "lot": "lotissement",
    "sen": "sente",
    "r": "rue",
    "rle": "ruelle",
    "car": "carrefour",
    "mte": "montee",
    "ptte": "placette",
    "str": "sentier",
    "tsse": "terrasse",
    "snt": "sente",
}
"""Abbreviations of a first word (the spelling `hammeau` is that of the national judge)."""

_TITLES = {"st": "saint", "ste": "sainte", "gal": "general", "mal": "marechal"}
"""Abbreviations of any other word."""

_ARTICLES = frozenset(("la", "le", "les", "l", "d", "du", "de", "des", "dos", "las", "los"))
_ARTICLES |= {"sur", "sous", "a", "par", "et", "au", "aux"}

_LATIN = {
    ord(letter): plain
    for letters, plain in {
        "ÀÁÂÃÄÅĀĂĄ": "A", "àáâãäåāăą": "a", "ÇĆĈĊČ": "C", "çćĉċč": "c", "ÐĎĐ": "D", "ðďđ": "d",
        "ÈÉÊËĒĔĖĘĚ": "E", "èéêëēĕėęě": "e", "ĜĞĠĢ": "G", "ĝğġģ": "g", "ĤĦ": "H", "ĥħ": "h",
        "ÌÍÎÏĨĪĬĮİ": "I", "ìíîïĩīĭįı": "i", "Ĵ": "J", "ĵ": "j", "Ķ": "K", "ķĸ": "k",
        "ĹĻĽĿŁ": "L", "ĺļľŀł": "l", "ÑŃŅŇŊ": "N", "ñńņňŋ": "n", "ÒÓÔÕÖØŌŎŐ": "O", "òóôõöøōŏő": "o",
        "ŔŖŘ": "R", "ŕŗř": "r", "ŚŜŞŠ": "S", "śŝşšſ": "s", "ŢŤŦ": "T", "ţťŧ": "t",
        "ÙÚÛÜŨŪŬŮŰŲ": "U", "ùúûüũūŭůűų": "u", "Ŵ": "W", "ŵ": "w", "ÝŶŸ": "Y", "ýÿŷ": "y", "ŹŻŽ": "Z", "źżž": "z",
        "Æ": "Ae", "æ": "ae", "Þ": "Th", "þ": "th", "ß": "ss", "Ĳ": "IJ", "ĳ": "ij", "Œ": "Oe", "œ": "oe", "ŉ": "'n",
    }.items()
    for letter in letters
}  # fmt: skip
_MARKS = re.compile("[\u0300-\u036f\ufe20-\ufe2f\u20d0-\u20ff]")

_BREAK = "\xac\xb1\xd7\xf7\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xbf\u1680\u180e\u2000-\u206f\u3000\ufeff"
"""What stands between words: everything of ASCII and Latin-1 but letters and digits, punctuation, spaces."""

_LETTER = "a-zß-öø-ÿ"

_OTHER = f"[^{_BREAK}0-9\u2700-\u27bfa-z\xdf-\xff\xc0-\xde\U00010000-\U0010ffff]"
"""A letter of another alphabet."""

_CONTRACTED = "(?:['\u2019](?:d|ll|m|re|s|t|ve))?"
"""The English contractions that the national judge's tokenizer knows, in French names too."""

_WORDS = re.compile(
    f"[{_LETTER}]+{_CONTRACTED}(?=[{_BREAK}]|\\Z)"
    f"|{_OTHER}+(?=[{_BREAK}]|\\Z)"
    f"|(?:[{_LETTER}]|{_OTHER})+{_CONTRACTED}"
    r"|[0-9]*(?:1st|2nd|3rd|(?![123])[0-9]th)(?![0-9a-z])"
    "|[0-9]+"
    "|(?:[\U0001f1e6-\U0001f1ff]{2}|[\u2700-\u27bf\U00010000-\U0010ffff])[\ufe0e\ufe0f]?"
)
_PLAIN = re.compile("[a-z ]*")


def unaccented(text: str) -> str:
    """Latin letters without their accents, ligatures opened; other alphabets stay, combining marks go."""
    return text if text.isascii() else _MARKS.sub("", text.translate(_LATIN))


def words_of(text: str) -> list[str]:
    """The words of a lower-case text without accents; runs of digits are words."""
    return text.split() if _PLAIN.fullmatch(text) else _WORDS.findall(text)


@lru_cache(maxsize=200_000)
def comparable(name: str) -> str:
    """What two names of one street share; may be empty (`Le La`)."""
    words = words_of(unaccented(name).lower())
    if not words:
        return ""
    words = [_SPELLED_OUT.get(words[0], words[0]), *(_TITLES.get(word, word) for word in words[1:])]
    if words[0] == "rue" and any(word.endswith("rue") for word in words[1:]):
        del words[0]
    if len(words) > 2 and words[:2] == ["lieu", "dit"]:
        del words[:2]
    return " ".join(
        spelled(word) if word.isascii() and word.isdigit() else word for word in words if word not in _ARTICLES
    )


_UNITS = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit"),
    *("neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"),
)
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre vingt"}
_THOUSANDS = ((10**9, "milliard"), (10**6, "million"), (10**3, "mille"))
_LARGEST = 10**12


def spelled(digits: str) -> str:
    """A number in French words, spaces between them; one too large to be written keeps its digits."""
    number = int(digits)
    return _whole(number) if number < _LARGEST else digits


def _whole(number: int) -> str:
    parts, rest = [], number
    for size, name in _THOUSANDS:
        count, rest = divmod(rest, size)
        if count == 1 and size == 1000:
            parts.append(name)
        elif count:
            plural = "s" if count > 1 and size > 1000 else ""
            parts.append(f"{_below_thousand(count)} {name}{plural}")
    if rest or not parts:
        parts.append(_below_thousand(rest))
    return " ".join(parts)


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    hundred = "cent" if hundreds == 1 else f"{_UNITS[hundreds]} cent{'' if rest else 's'}"
    return f"{hundred} {_below_hundred(rest)}" if rest else hundred


def _below_hundred(number: int) -> str:
    if number < len(_UNITS):
        return _UNITS[number]
    if number < 20:
        return f"dix {_UNITS[number - 10]}"
    if number == 80:
        return "quatre vingts"
    tens = number // 10 * 10
    base = tens if tens in _TENS else tens - 10
    if number == base:
        return _TENS[base]
    joined = " et " if number % 10 == 1 and base != 80 else " "
    return f"{_TENS[base]}{joined}{_below_hundred(number - base)}"
