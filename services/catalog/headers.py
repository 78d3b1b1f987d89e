"""Headers of public reads: how long an answer is good for, what it depends on, and where more is said of it."""

from collections.abc import Mapping
from urllib.parse import quote

from services.catalog.view import DatasetView

REVALIDATED = "public, no-cache"
"""Kept by anybody, asked again before each use: a 304 costs next to nothing."""

NEVER_CHANGES = "public, max-age=86400, immutable"
"""A day, not for ever: what is withdrawn must leave caches too."""

VARY = "Accept, Accept-Encoding"


def read_headers(
    view: DatasetView, *, entity_tag: str, cache_control: str = REVALIDATED, following: str | None = None
) -> Mapping[str, str]:
    """Of an answer that holds rows of a data set. `following`: the address of the next page."""
    return {
        "ETag": entity_tag,
        "Cache-Control": cache_control,
        "Vary": VARY,
        "Link": link(view, following=following),
    }


def link(view: DatasetView, *, following: str | None = None) -> str:
    """Link (RFC 8288): the schema of the rows, their licence, and the next page if there is one."""
    links = [
        f'</v1/datasets/{quote(view.dataset_id)}/schema>; rel="describedby"',
        f'<{view.licence_url}>; rel="license"',
    ]
    return ", ".join([*links, *([f'<{following}>; rel="next"'] if following else [])])


def attachment(filename: str) -> str:
    """Content-Disposition (RFC 6266): the name itself, and in RFC 8187 where it is not plain ASCII."""
    plain = filename.encode("ascii", "replace").decode().translate(str.maketrans('"\\?', "___"))
    encoded = "" if plain == filename else f"; filename*=UTF-8''{quote(filename, safe='')}"
    return f'attachment; filename="{plain}"{encoded}'
