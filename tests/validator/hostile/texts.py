"""Hostile texts: structure, encodings, and cells that crash or stall checkers."""

from validator.hostile.hostile_file import HEAD, LINE, TEXT, Hostile, changed, text_file

TEXTS: dict[str, Hostile] = {
    # Structure and encoding
    "a 50 MB cell": Hostile(text_file(TEXT + "x" * 50_000_000), ("line-too-long",)),
    "a 50 MB quoted cell": Hostile(text_file(TEXT + '"' + "x" * 50_000_000 + '"'), ("line-too-long",)),
    "a cell of a million lines": Hostile(text_file(TEXT + '"' + "x\n" * 1_000_000), ("cell-too-long",)),
    "a row of a million quoted lines": Hostile(text_file(TEXT + '"\n",' * 1_000_000), ("line-too-long",)),
    "50,000 columns": Hostile(text_file(",".join(f"c{n}" for n in range(50_000)) + "\n1\n"), ("too-many-columns",)),
    "500 columns of nothing": Hostile(text_file(HEAD + "," * 490 + "\n" + ("," * 490 + "\n") * 5_000), ("blank-row",)),
    "5,000 cells in a row": Hostile(text_file(TEXT + LINE + ",x" * 5_000), ("extra-cell",)),
    "a 2 MB header": Hostile(text_file("c" * 2_000_000), ("line-too-long",)),
    "only delimiters": Hostile(text_file(",,,,\n" * 1_000), ("empty-file",)),
    "200,000 blank lines": Hostile(text_file(TEXT + "\n" * 200_000), ("blank-row",)),
    "a quote that never closes": Hostile(text_file(TEXT + '"' + (LINE + "\n") * 50_000), ("cell-too-long",)),
    "a quote that closes late": Hostile(text_file(TEXT + '"' + LINE + "\n" + '"x"' + LINE), ("malformed-quoting",)),
    "NUL bytes": Hostile(text_file(TEXT.replace("Muret", "Mu\0ret")), ("nul-bytes",)),
    "lone CR line ends": Hostile(text_file(TEXT.replace("\n", "\r")), ("valid",)),
    "a lone CR in the middle": Hostile(text_file(TEXT + LINE.replace("7.5", "7\r5") + "\n"), ("missing-cell",)),
    "control characters": Hostile(text_file(TEXT + "\x02\x03" + LINE), ("binary-content",)),
    "mixed encodings": Hostile(
        text_file(f"{TEXT}{LINE}é\n".encode() + f"{LINE}é\n".encode("cp1252")), ("encoding-unknown", "mojibake")
    ),
    "truncated UTF-16": Hostile(text_file(TEXT.encode("utf-16")[:-1]), ("encoding-invalid",)),
    "UTF-16 without mark": Hostile(text_file(TEXT.encode("utf-16-le")), ("nul-bytes",)),
    "UTF-32": Hostile(text_file(TEXT.encode("utf-32")), ("nul-bytes", "encoding-invalid")),
    "overlong UTF-8": Hostile(text_file(TEXT.encode() + b"\xc0\xaf\n"), ("encoding-unknown", "missing-cell")),
    "a bidi header": Hostile(text_file(TEXT.replace("COLL_NOM", "\u202eCOLL_NOM", 1)), ("missing-column", "valid")),
    "a homoglyph header": Hostile(text_file(TEXT.replace("COLL_NOM", "СOLL_NOM", 1)), ("missing-column",)),
    "ten thousand combining marks": Hostile(
        text_file("é" + "\u0301" * 10_000 + "," + TEXT), ("extra-column", "missing-cell")
    ),
    "the same column 400 times": Hostile(
        text_file(",".join(["COLL_NOM"] * 400) + "\n" + "x," * 399 + "x\n"), ("duplicate-column",)
    ),
    "a header repeated 100,000 times": Hostile(text_file(TEXT + (HEAD + "\n") * 100_000), ("valid",)),
    "a web page": Hostile(text_file("<!doctype html><title>404</title>" + TEXT), ("html-instead-of-csv",)),
    "a page and a PDF at once": Hostile(text_file(b"%PDF-1.7\n<html>" + TEXT.encode()), ("unsupported-format",)),
    "formulas": Hostile(changed(DELIB_OBJET="=HYPERLINK(1)"), ("valid",)),
    # Cells that crash or stall checkers
    "sNaN": Hostile(text_file("long,lat\nsNaN,sNaN\n"), ("missing-column",), schema="etalab/schema-bal"),
    "sNaN votes": Hostile(changed(VOTE_POUR="sNaN"), ("integer-format",)),
    "an impossible time zone": Hostile(
        changed(DELIB_DATE="2024-01-01T00:00:00+99:99"), ("date-format", "datetime-format", "valid")
    ),
    "an integer of 60,000 digits": Hostile(changed(VOTE_REEL="9" * 60_000), ("integer-format", "integer-out-of-range")),
    "a number of huge exponent": Hostile(
        changed(VOTE_POUR="1e999999999"), ("integer-format", "integer-out-of-range", "digits-lost")
    ),
    "exotic digits": Hostile(
        changed(COLL_SIRET="２１３１０３９５５０００１８"), ("pattern-mismatch", "exotic-digits", "siret-invalid")
    ),
    "a regex bomb": Hostile(
        text_file(
            "COLL_INSEE,ENFANT_SEXE,ENFANT_PRENOM,NOMBRE_OCCURRENCES,ANNEE\n31395,F," + "Aa-" * 20_000 + "!,5,2024\n"
        ),
        ("pattern-mismatch",),
        schema="scdl/prenoms",
    ),
    "an address of 60,000 letters": Hostile(changed(DELIB_URL="http://" + "a." * 30_000), ("uri-format", "valid")),
}
