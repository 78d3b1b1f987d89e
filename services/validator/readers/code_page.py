"""Whether bytes are French in Windows-1252 or in another code page: each character must be plausible where it stands.

b"\\xe9cole" -> plausible (école)      b"\\x8ecole" -> not: Ž is no French letter, é of Mac OS is written so
b"ma\\x94tre" -> not: a quotation mark inside a word, î of Mac OS is written so
"""

import re

import numpy as np

PLAUSIBLE = frozenset(
    "àâäçéèêëîïôöùûüÿñæœÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸÑÆŒáíóúòÁÍÓÚÒ«»’‘“”–—…€°ºª²³§·•®©×\N{NO-BREAK SPACE}\N{SOFT HYPHEN}"
)
"""Non-ASCII characters that French text in Windows-1252 contains; the letters of other code pages fall outside."""

MISPLACED = re.compile(
    "|".join(
        (
            r"(?<=[a-zà-ÿ])[“”‘–—…Œ•®©ºª×§](?=[a-zà-ÿ])",  # `ma”tre`, `No‘l`: maître, Noël of Mac OS
            r"(?<=[a-zà-ÿ])[ÀÂÄÇÈÉÊËÎÏÔÖÙÛÜ—]",  # `cÏur`, `o—`: cœur of Mac OS, où of DOS
            r"(?<![^\W\d_])[ÇÈÊËÏ](?![^\W\d_]|['’.])",  # a capital alone: « » À and the no-break space of Mac OS
            r"(?<![^\s,;|])…(?=\s+\w)",  # `… la mairie`: à of DOS
            r"Œ(?=[lt])|€(?=[A-Za-z])|(?<=\d)ÿ|ÿ(?=[\d:;!?%€]| )",  # île, Ç and the no-break space of DOS
        )
    )
)
"""Characters where they never stand in French: there they are a letter of another code page."""

DOUBTFUL = frozenset("“”‘–—…Œ•®©ºª×§ÀÂÄÇÈÉÊËÎÏÔÖÙÛÜ€ÿ")
"""The characters that `MISPLACED` looks for: most text holds few."""

_CHARACTERS = [bytes([octet]).decode("cp1252", "replace") for octet in range(256)]
_IS_IMPLAUSIBLE = np.array([octet > 0x7F and each not in PLAUSIBLE for octet, each in enumerate(_CHARACTERS)])
_IS_DOUBTFUL = np.array([each in DOUBTFUL for each in _CHARACTERS])


def first_implausible(content: bytes, text: str) -> int | None:
    """Where `content`, which is `text` in Windows-1252, holds a character that French has not, or has not there."""
    octets = np.frombuffer(content, dtype=np.uint8)
    high = np.flatnonzero(octets > 0x7F)
    foreign = high[_IS_IMPLAUSIBLE[octets[high]]]
    if len(foreign):
        return int(foreign[0])
    doubtful = high[_IS_DOUBTFUL[octets[high]]].tolist()
    return next((at for at in doubtful if MISPLACED.match(text, at)), None)
