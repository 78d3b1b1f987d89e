"""SIREN and SIRET numbers (INSEE): digits and their control key; whether they exist is not checked.

732829320 00074 → valid        35600000000048 → valid (La Poste's head office keeps Luhn's key)
35600000000014 → not valid     (La Poste's other establishments: the sum of digits is a multiple of 5)
"""

import re

import polars as pl

SEPARATORS = re.compile(r"[ .]")

LA_POSTE = "356000000"
LA_POSTE_HEAD_OFFICE = "35600000000048"


def compact(number: str) -> str:
    """Without the spaces and dots that people put between groups of digits."""
    return SEPARATORS.sub("", number)


def luhn(digits: str) -> bool:
    """Luhn's key (ISO/IEC 7812-1): every second digit from the right counts double."""
    total = 0
    for rank, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + rank % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def has_luhn_key(texts: pl.Expr, length: int) -> pl.Expr:
    """Which texts are `length` ASCII digits (at most 18) that satisfy Luhn's key. Null for null."""
    number = pl.when(texts.str.contains(rf"\A[0-9]{{{length}}}\z")).then(texts).cast(pl.Int64, strict=False)
    total = pl.lit(0, dtype=pl.Int64)
    for rank in range(length):
        digit = (number // 10**rank) % 10
        total = total + (digit if rank % 2 == 0 else digit * 2 - pl.when(digit > 4).then(9).otherwise(0))
    return (total % 10 == 0).fill_null(value=False) & texts.is_not_null()


def fault_of_siret(number: str) -> str | None:
    """What is wrong with a SIRET, as the end of a French sentence; None when nothing is."""
    digits = compact(number)
    if not (digits.isascii() and digits.isdigit()):
        return " : il ne doit contenir que des chiffres"
    if len(digits) != 14:
        return f" : il compte {len(digits)} chiffres au lieu de 14"
    if digits.startswith(LA_POSTE) and digits != LA_POSTE_HEAD_OFFICE:
        return None if sum(map(int, digits)) % 5 == 0 else " : sa clé de contrôle est fausse"
    return None if luhn(digits) else " : sa clé de contrôle est fausse"


def fault_of_siren(number: str) -> str | None:
    """What is wrong with a SIREN, as the end of a French sentence; None when nothing is."""
    digits = compact(number)
    if not (digits.isascii() and digits.isdigit()):
        return " : il ne doit contenir que des chiffres"
    if len(digits) != 9:
        return f" : il compte {len(digits)} chiffres au lieu de 9"
    return None if luhn(digits) else " : sa clé de contrôle est fausse"
