"""The files that certifying pushes, judged on this machine."""

from journal import MURET
from samples import siret_of as reference

from services.cli.certify.files import missing_column, other_encoding, siret_of, valid_file, wrong_type


def test_a_siret_has_its_key() -> None:
    for siren in (MURET, "243100633", "213105554"):
        assert siret_of(siren) == reference(siren)


def test_each_bad_file_differs_from_the_good_one_in_its_way() -> None:
    good = valid_file(MURET, "a")
    assert b"1999-02-32" in wrong_type(good)
    assert b"DELIB_OBJET" not in missing_column(good)
    assert other_encoding(good).decode("cp1252") == good.decode()
    assert valid_file(MURET, "b") != good
