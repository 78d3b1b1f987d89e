"""UTF-8 that was once read as Windows-1252 and saved again: valid text, wrong letters.

"DÃ©libÃ©ration", "lâ€™Ã©cole", "cÅ“ur" -> mojibake          "SÃO TOMÉ", "âgé", "Â" -> sound
"""

import re

import numpy as np
import numpy.typing as npt

_AFTER = "".join(bytes([octet]).decode("cp1252", "replace") for octet in range(0x80, 0xA0)).replace("\ufffd", "")

MOJIBAKE = f"Ã[{_AFTER}\x80-\xbf]|â€[{_AFTER}\x80-\xbf]|Å[“’¸]|Â[\xa0°«»²³·§º]|ï¿½|ï»¿"  # é à Ê, ’ “ –, œ Œ Ÿ, « » ° §
"""UTF-8 that was read as Windows-1252 and saved again. No French word holds one of these pairs."""

LEAD, SECONDS = 0xC3, b"\x82\x83\x85\xa2\xaf"
"""In UTF-8, each match begins with these two octets (Â Ã Å â ï), and the next is no ASCII letter either."""

_MOJIBAKE = re.compile(MOJIBAKE)


def may_hold_mojibake(content: bytes) -> bool:
    """Whether UTF-8 bytes are worth searching: hardly any block of sound text is, and most lack the second octets."""
    octets = np.frombuffer(content, dtype=np.uint8)
    return any(_follows_lead(octets, second) for second in SECONDS if second in content)


def _follows_lead(octets: npt.NDArray[np.uint8], second: int) -> bool:
    places = np.flatnonzero(octets[1:-1] == second)
    return bool(((octets[places] == LEAD) & (octets[places + 2] >= 0x80)).any())


def is_mojibake(text: str) -> bool:
    """Whether a text holds some."""
    return _MOJIBAKE.search(text) is not None
