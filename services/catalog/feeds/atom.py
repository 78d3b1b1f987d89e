"""Publications as an Atom feed (RFC 4287), in French: for people's readers and simple watchers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlparse
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from shared.models import CatalogDataset, CatalogVersion, VersionMode

NAMESPACE = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
"""`updated` of a feed in which nothing has happened yet: the element may not be missing."""

ENTRIES = 50

Publication = tuple[CatalogVersion, CatalogDataset]

TITLES = {
    VersionMode.ROLLBACK: "retour à une version antérieure",
    VersionMode.WITHDRAWAL: "retrait du jeu de données",
}


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is about; `path` is its own, `page_path` that of what it follows."""

    title: str
    path: str
    page_path: str
    public_url: str


def write_atom(feed: Feed, publications: Sequence[Publication]) -> bytes:
    """The feed, newest entry first."""
    root = Element("feed", {"xmlns": NAMESPACE, "xml:lang": "fr"})
    _add(root, "id", _identifier(feed, feed.path))
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(publications[0][0].published_at if publications else EPOCH))
    SubElement(root, "link", {"rel": "self", "type": MEDIA_TYPE, "href": feed.public_url + feed.path})
    SubElement(root, "link", {"rel": "alternate", "href": feed.public_url + feed.page_path})
    _add(SubElement(root, "author"), "name", "Socle")
    for version, dataset in publications:
        _add_entry(root, feed, version, dataset)
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_entry(root: Element, feed: Feed, version: CatalogVersion, dataset: CatalogDataset) -> None:
    entry = SubElement(root, "entry")
    path = f"/v1/datasets/{dataset.id}/versions/{version.number}"
    what = TITLES.get(VersionMode(version.mode), f"version {version.number}")
    _add(entry, "id", _identifier(feed, path))
    _add(entry, "title", f"{dataset.title} : {what}")
    _add(entry, "updated", _moment(version.published_at))
    SubElement(entry, "link", {"rel": "alternate", "href": feed.public_url + path})
    _add(entry, "summary", summary_of(version))


def summary_of(version: CatalogVersion) -> str:
    """One French sentence."""
    inserted = version.rows_inserted - version.rows_updated
    deleted = version.rows_closed - version.rows_updated
    parts = [
        _counted(inserted, "ligne ajoutée", "lignes ajoutées"),
        _counted(version.rows_updated, "modifiée", "modifiées"),
        _counted(deleted, "retirée", "retirées"),
    ]
    return f"{', '.join(parts)} ; {_counted(version.rows, 'ligne', 'lignes')} dans cette version."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {many if count > 1 else one}"


def _identifier(feed: Feed, path: str) -> str:
    """A tag URI (RFC 4151): the same whatever the protocol by which the feed is read."""
    return f"tag:{urlparse(feed.public_url).hostname},2025:{path}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _add(parent: Element, name: str, content: str) -> None:
    SubElement(parent, name).text = _clean(content)


def _clean(content: str) -> str:
    """Without the characters that XML 1.0 cannot carry."""
    return "".join(character for character in content if character >= " " or character in "\t\n")
