"""Files to push: délibérations of one year long past, whose objects say that they are a try."""

YEAR = 1999
"""No commune publishes it: what is published there replaces nothing."""

HEADER = "COLL_NOM,COLL_SIRET,DELIB_ID,DELIB_DATE,DELIB_MATIERE_CODE,DELIB_MATIERE_NOM,DELIB_OBJET"


def siret_of(siren: str) -> str:
    """The first establishment of a SIREN (9 digits), with the key that Luhn's formula gives it."""
    digits = [int(digit) for digit in f"{siren}0001"]
    total = sum(digit if place % 2 else _folded(digit) for place, digit in enumerate(reversed(digits)))
    return f"{siren}0001{-total % 10}"


def _folded(digit: int) -> int:
    return digit * 2 - 9 if digit > 4 else digit * 2


def valid_file(siren: str, mark: str) -> bytes:
    """Three acts; `mark` makes the content new."""
    lines = [
        f"Essai,{siret_of(siren)},{YEAR}-{n:03},{YEAR}-02-0{n},7.5,Finances locales/Subventions,Essai réglé {mark}"
        for n in (1, 2, 3)
    ]
    return ("\n".join([HEADER, *lines]) + "\n").encode()


def wrong_type(valid: bytes) -> bytes:
    """A date that no calendar has."""
    return valid.replace(f"{YEAR}-02-02".encode(), f"{YEAR}-02-32".encode())


def missing_column(valid: bytes) -> bytes:
    """Without the object of the acts."""
    return b"\n".join(line.rpartition(b",")[0] for line in valid.splitlines()) + b"\n"


def other_encoding(valid: bytes) -> bytes:
    """As an old spreadsheet of this country writes it."""
    return valid.decode().encode("cp1252")
