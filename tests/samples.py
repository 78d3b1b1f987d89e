"""Files that tests push: made here, valid unless a test spoils them."""

from shared.reference import load_communes

HEADER = "COLL_NOM,COLL_SIRET,DELIB_ID,DELIB_DATE,DELIB_MATIERE_CODE,DELIB_MATIERE_NOM,DELIB_OBJET"


def siret_of(siren: str) -> str:
    """The first establishment of a SIREN, with its control key."""
    for key in range(10):
        siret = f"{siren}0001{key}"
        doubled = [int(digit) * (2 if index % 2 == 0 else 1) for index, digit in enumerate(siret)]
        if sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0:
            return siret
    raise AssertionError(siren)


def deliberations(siren: str, *, mark: str, rows: int = 10, year: int = 2024) -> bytes:
    """A valid file of `rows` délibérations of one year; `mark` is the object of each."""
    lines, siret = [HEADER], siret_of(siren)
    for number in range(1, rows + 1):
        day = f"{year}-{1 + number % 12:02}-{1 + number % 28:02}"
        lines.append(f"Commune,{siret},{year}-{number:05},{day},7.5,Finances locales/Subventions,{mark}")
    return ("\n".join(lines) + "\n").encode()


def communes(count: int) -> list[str]:
    """SIREN of the first communes of Haute-Garonne."""
    return [commune.siren for commune in load_communes(["31"]) if commune.siren][:count]
