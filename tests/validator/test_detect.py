"""Encodings, delimiters, and what is not a CSV file."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from services.validator.detect import Detected, Refused, charset_of, detect, find_delimiter
from services.validator.findings import FindingCode
from shared.reference import load_communes

TEXT = "nom;siret\nÉcole de la forêt – cœur de ville, 12 €;1\n"
NAMES = ("nom", "siret")

Sniff = Callable[..., Detected | Refused]


@pytest.fixture
def sniff(tmp_path: Path) -> Sniff:
    def run(content: bytes, charset: str | None = None) -> Detected | Refused:
        path = tmp_path / "file"
        path.write_bytes(content)
        return detect(path, declared_charset=charset, names=NAMES)

    return run


@pytest.mark.parametrize(
    ("content", "charset", "encoding"),
    [
        (TEXT.encode(), None, "utf-8"),
        (TEXT.encode("utf-8-sig"), None, "utf-8-sig"),
        (TEXT.encode("utf-16"), None, "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16le", "utf-16-le"),
        (TEXT.encode("cp1252"), None, "cp1252"),
        (TEXT.encode("cp1252"), "windows-1252", "cp1252"),
        ("nom;siret\nÉcole;1\n".encode("mac_roman"), "macintosh", "mac-roman"),
        (TEXT.encode(), "iso-8859-1", "utf-8"),
        (b"nom;siret\nx;1\n", "us-ascii", "utf-8"),
        (b"nom;siret\n" + b"x;1\n" * 600_000 + "é;1\n".encode("cp1252"), None, "cp1252"),
    ],
)
def test_an_encoding_is_found(sniff: Sniff, content: bytes, charset: str | None, encoding: str) -> None:
    assert sniff(content, charset) == Detected(encoding=encoding, delimiter=";")


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp437"])
def test_french_of_another_code_page_is_refused_rather_than_guessed(sniff: Sniff, encoding: str) -> None:
    found = sniff("nom;siret\nÉcole élémentaire, prêt à Noël;1\n".encode(encoding))
    assert isinstance(found, Refused)
    assert (found.code, found.row) == (FindingCode.ENCODING_UNKNOWN, 2)


def test_a_mark_inside_a_word_is_another_code_page(sniff: Sniff) -> None:
    assert isinstance(sniff("nom;siret\nle maître;1\n".encode("mac_roman")), Refused)


@pytest.mark.parametrize(
    ("content", "charset", "code"),
    [
        (b"", None, FindingCode.EMPTY_FILE),
        (b"\n \n", None, FindingCode.EMPTY_FILE),
        (b"\xef\xbb\xbf", None, FindingCode.EMPTY_FILE),
        (b"<!DOCTYPE html><html><body>404</body>", None, FindingCode.HTML_INSTEAD_OF_CSV),
        (b"\n  <html lang=fr>", None, FindingCode.HTML_INSTEAD_OF_CSV),
        (b"<?xml version='1.0'?><!DOCTYPE html><html>", None, FindingCode.HTML_INSTEAD_OF_CSV),
        (b"<marches><marche/></marches>", None, FindingCode.UNSUPPORTED_FORMAT),
        (b"<?xml version='1.0'?><marches/>", None, FindingCode.UNSUPPORTED_FORMAT),
        (b"PK\x03\x04rest", None, FindingCode.UNSUPPORTED_FORMAT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None, FindingCode.UNSUPPORTED_FORMAT),
        (b"\x1f\x8b\x08", None, FindingCode.UNSUPPORTED_FORMAT),
        (b'[{"nom": 1}]', None, FindingCode.UNSUPPORTED_FORMAT),
        (b"a,b\n1,\x002\n", None, FindingCode.NUL_BYTES),
        ("nom;rôle\nété;élu\n".encode("utf-16-le"), None, FindingCode.NUL_BYTES),
        (b"a,b\n\xe9t\xe9,\x002\n", None, FindingCode.NUL_BYTES),
        (b"a,b\n\x01\x02\x03\n", None, FindingCode.BINARY_CONTENT),
        (b"a,b\n\xff\xfe\x80\x81\n", None, FindingCode.ENCODING_UNKNOWN),
        (b"\xef\xbb\xbfa,b\n\xe9\n", None, FindingCode.ENCODING_INVALID),
        (b"a,b\n\xe9\n", "utf-8", FindingCode.ENCODING_INVALID),
        (b"\xff\xfea\x00\x00\xd8", None, FindingCode.ENCODING_INVALID),
        (b"a,b\n\xe9\n", "klingon", FindingCode.CHARSET_UNKNOWN),
        (b"a,b\n\xe9\n", "utf_7", FindingCode.CHARSET_UNKNOWN),
    ],
)
def test_what_is_not_a_readable_csv_is_refused(
    sniff: Sniff, content: bytes, charset: str | None, code: FindingCode
) -> None:
    found = sniff(content, charset)
    assert isinstance(found, Refused)
    assert found.code is code


def test_a_nul_byte_is_placed_on_its_line(sniff: Sniff) -> None:
    found = sniff(b"a,b\n1,2\n3,\0\n")
    assert isinstance(found, Refused)
    assert found.row == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_found(sniff: Sniff, delimiter: str) -> None:
    assert sniff(f"Nom{delimiter}SIRET\nx{delimiter}1\n".encode()) == Detected("utf-8", delimiter)


def test_known_names_outweigh_the_number_of_columns(sniff: Sniff) -> None:
    assert sniff(b"nom;siret;a,b,c,d,e\n1;2;3\n") == Detected("utf-8", ";")


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/csv", None),
        ("text/csv; charset=cp1252", "cp1252"),
        ('text/csv; header=present; Charset="utf-8"', "utf-8"),
        ("text/csv;charset=", None),
    ],
)
def test_a_content_type_declares_its_charset(content_type: str, charset: str | None) -> None:
    assert charset_of(content_type) == charset


PHRASES = """Subvention de fonctionnement à l’école élémentaire
Aménagement du cœur de ville et de l’île aux Oiseaux
Tarifs 2024 : 1 200 € par élève, 15 % de réduction dès le 2ème enfant
Prêt à taux zéro – délibération n° 12
« Noël à la médiathèque » : gratuité
Où en sont les œuvres du château ?
FORÊT DOMANIALE, ÉLECTION DES DÉLÉGUÉS, ÇA ET LÀ
Maïs, naïveté, ambiguë, Haÿ, Saint-Jean-du-Gard
L’hôtel de région, août, dû, sûreté, flûte
Convention d’occupation du domaine public (§ 3), m², °C
Garçons et filles, leçon reçue, façade
Évaluation… et suite ; été, hiver
À Muret, à Luçon, là-bas, voilà
Îlot sensible de l’Hérault ; maître d’œuvre
Rue Zoë, Anaïs, Joël, Gaël, Benoît, Jérôme, François""".splitlines()


def french_samples(count: int) -> list[str]:
    """Files as vendors write them: phrases and names of communes, each with an accent at least."""
    rng = random.Random(31)
    communes = [commune.name for commune in load_communes(["31"])]
    samples = []
    while len(samples) < count:
        rows = [f"{rng.choice(PHRASES)};{rng.choice(communes)}" for _ in range(rng.randint(1, 3))]
        text = "nom;siret\n" + "\n".join(rows) + "\n"
        if not text.isascii():
            samples.append(text)
    return samples


def test_no_encoding_is_guessed_wrong(sniff: Sniff) -> None:
    outcomes: dict[str, Counter[str]] = {}
    for encoding in ("utf-8", "cp1252", "iso-8859-15", "mac_roman", "cp850"):
        counted = outcomes[encoding] = Counter()
        for text in french_samples(200):
            content = text.encode(encoding, "ignore")
            read = content.decode(encoding)
            if read.isascii():
                continue
            found = sniff(content)
            if isinstance(found, Refused):
                counted["refused"] += 1
            else:
                counted["right" if content.decode(found.encoding) == read else "wrong"] += 1
    assert sum(sum(counted.values()) for counted in outcomes.values()) >= 900
    assert [counted["wrong"] for counted in outcomes.values()] == [0] * 5, outcomes
    for encoding in ("utf-8", "cp1252"):
        assert outcomes[encoding]["refused"] <= 0.05 * sum(outcomes[encoding].values()), outcomes


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_one_phrase_alone_is_never_read_wrong(sniff: Sniff, phrase: str, encoding: str) -> None:
    content = f"nom;siret\n{phrase};1\n".encode(encoding, "ignore")
    found = sniff(content)
    assert isinstance(found, Refused) or content.decode(found.encoding) == content.decode(encoding)


def test_a_header_below_a_title_tells_the_delimiter() -> None:
    assert find_delimiter("Liste, par date, par lieu, par objet\n\nNom;SIRET\nx;1\n", NAMES) == ";"
