"""The page a visitor meets first."""

from html.parser import HTMLParser

from services.cli.data_folder import Sandbox
from services.cli.landing import landing_page

SANDBOX = Sandbox(base_url="http://127.0.0.1:8000", api_key="socle_<key>", organisation="213103955")


class Outline(HTMLParser):
    """What a reader without sight goes by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.links: list[str] = []
        self.marks: set[str] = set()
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks.add(tag)
        self.attributes.setdefault(tag, dict(attrs))
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")


def test_the_page_has_a_language_landmarks_and_headings_in_order():
    outline = Outline(landing_page("http://127.0.0.1:8000", None))
    assert outline.attributes["html"]["lang"] == "fr"
    assert {"title", "header", "main", "footer", "h1"} <= outline.marks
    assert outline.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert outline.links[0] == "#contenu"
    assert outline.attributes["main"]["id"] == "contenu"


def test_the_page_has_no_script_and_nothing_from_elsewhere():
    outline = Outline(landing_page("http://127.0.0.1:8000", None))
    assert not outline.marks & {"script", "img", "link", "iframe"}
    assert all(not link.startswith(("http", "//")) for link in outline.links)


def test_without_a_sandbox_the_page_says_where_a_key_comes_from():
    page = landing_page("https://socle.example", None)
    assert "VOTRE_CLÉ" in page
    assert "https://socle.example/v1/deposits" in page


def test_the_sandbox_is_written_as_text():
    page = landing_page("http://127.0.0.1:8000", SANDBOX)
    assert "socle_&lt;key&gt;" in page
    assert "socle_<key>" not in page
    assert "VOTRE_CLÉ" not in page


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3: the contrast ratio of two colours written #rrggbb or #rgb."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
        shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_text_is_readable_on_its_ground_by_day_by_night_and_on_paper():
    page = landing_page("http://127.0.0.1:8000", None)
    palettes = [
        dict(part.strip().split(": ") for part in block.split("}")[0].split(";") if part.strip().startswith("--"))
        for block in page.split(":root {")[1:]
    ]
    assert len(palettes) == 3
    for colours in palettes:
        for text in ("--text", "--soft", "--link"):
            assert contrast(colours[text], colours["--ground"]) >= 4.5
            assert contrast(colours[text], colours["--panel"]) >= 4.5
        assert contrast(colours["--strip-text"], colours["--strip"]) >= 4.5
