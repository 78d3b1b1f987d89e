"""`/problems` and `/problems/<code>`: what the `type` of a refusal leads to, in French and in English.

The pages come from the code: each class of `Refusal` that the process has loaded is one. Its title, status and English
case stand in the class; the rest is in the `problems.toml` of its service, or of `shared`.
"""

import html
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from inspect import getdoc

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from shared.errors import InvalidParameter, NotFound, Refusal
from shared.reports.as_html import PAGE_HEADERS, page_template
from shared.reports.wish import language_of
from shared.reports.words import Language

HEADERS = {**PAGE_HEADERS, "Vary": "Accept-Language", "Cache-Control": "public, max-age=3600"}
HEADERS.pop("X-Robots-Tag")

_LABELS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "index": "Refus de l’API",
        "skip": "Aller au contenu",
        "intro": "Toute réponse qui n’est pas un succès est un document <code>application/problem+json</code> "
        "(RFC 9457). Son membre <code>type</code> mène à l’une de ces pages ; <code>code</code> est fait "
        "pour les programmes.",
        "status": "Statut HTTP",
        "code": "Code",
        "title": "Intitulé",
        "when": "Dans quel cas",
        "do": "Que faire",
        "retry": "Réessayer ?",
        "yes": "Oui, la même requête, plus tard et avec la même Idempotency-Key.",
        "no": "Pas sans changer la requête.",
        "example": "Exemple de réponse",
        "all": "Tous les refus",
        "other": "In English",
    },
    "en": {
        "index": "Refusals of the API",
        "skip": "Skip to content",
        "intro": "Any answer that is not a success is an <code>application/problem+json</code> document (RFC 9457), "
        "with sentences in French. Its member <code>type</code> leads to one of these pages; <code>code</code> is for "
        "programs.",
        "status": "HTTP status",
        "code": "Code",
        "title": "Title",
        "when": "When it happens",
        "do": "What to do",
        "retry": "Try again?",
        "yes": "Yes, the same request, later and with the same Idempotency-Key.",
        "no": "Not without changing the request.",
        "example": "Example of an answer",
        "all": "All refusals",
        "other": "En français",
    },
}


@dataclass(frozen=True, slots=True)
class Explained:
    """A refusal in one language."""

    code: str
    status: int
    title: str
    when: str
    do: str


def every_refusal() -> list[type[Refusal]]:
    """All refusals with a code that this process has loaded, by code."""
    found: set[type[Refusal]] = {Refusal}
    while more := {child for one in found for child in one.__subclasses__()} - found:
        found |= more
    ours = (one for one in found if "code" in one.__dict__ and one.__module__.split(".")[0] in ("services", "shared"))
    return sorted(ours, key=lambda one: one.code)


@cache
def words_of(package: str) -> dict[str, dict[str, str]]:
    """Code → {when, do, do_en}, of the refusals of `shared` or of one service. Empty when it has no such file."""
    path = files(package) / "problems.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def package_of(refusal: type[Refusal]) -> str:
    """`services.ingest.keys` → `services.ingest`; `shared.web.problems` → `shared`."""
    root, *rest = refusal.__module__.split(".")
    return root if root == "shared" else f"{root}.{rest[0]}"


def explained(refusal: type[Refusal], language: Language) -> Explained:
    """The refusal in that language; its bare title where the words are missing."""
    words = words_of(package_of(refusal)).get(refusal.code, {})
    if language == "fr":
        when, do, title = words.get("when", f"{refusal.title}."), words.get("do", "Lisez `action`."), refusal.title
    else:
        when, do = (getdoc(refusal) or "").split("\n\n")[0], words.get("do_en", "Read `action`.")
        title = refusal.code.replace("-", " ").capitalize()
    return Explained(refusal.code, refusal.status, title, when, do)


def example_of(refusal: type[Refusal]) -> dict[str, object]:
    """A document such as the API answers: in French, with the case as its detail."""
    said = explained(refusal, "fr")
    document = {"type": f"/problems/{said.code}", "title": said.title, "status": said.status, "detail": said.when}
    place = {"instance": "/v1/…", "request_id": "0199c1a2-7b3e-7cc1-9a51-3f6f0d2b8e44"}
    return {**document, "code": said.code, "action": said.do, **place}


def refusal_page(refusal: type[Refusal], language: Language) -> str:
    """The page of one refusal."""
    said, labels = explained(refusal, language), _LABELS[language]
    example = json.dumps(example_of(refusal), ensure_ascii=False, indent=2)
    body = (
        f"<h2>{labels['when']}</h2>\n<p>{_prose(said.when)}</p>\n"
        f"<h2>{labels['do']}</h2>\n<p>{_prose(said.do)}</p>\n"
        f"<h2>{labels['retry']}</h2>\n<p>{labels['yes' if _passes(refusal) else 'no']}</p>\n"
        f'<h2>{labels["example"]}</h2>\n<div class="wide" tabindex="0" role="region" aria-label="{labels["example"]}">'
        f'<pre lang="fr"><code>{html.escape(example)}</code></pre></div>'
    )
    subtitle = f"{labels['status']} {said.status} · <code>{said.code}</code>"
    return _page(language, title=said.title, subtitle=subtitle, body=body, path=f"/problems/{said.code}")


def index_page(language: Language) -> str:
    """The page that lists all."""
    labels = _LABELS[language]
    head = "".join(f'<th scope="col">{labels[name]}</th>' for name in ("status", "code", "title", "when"))
    rows = "\n".join(
        f'<tr><td class="number">{one.status}</td><td><a href="/problems/{one.code}?lang={language}">'
        f'<code>{one.code}</code></a></td><td class="long">{html.escape(one.title)}</td>'
        f'<td class="long">{_prose(one.when)}</td></tr>'
        for one in (explained(refusal, language) for refusal in every_refusal())
    )
    body = (
        f'<p>{labels["intro"]}</p>\n<div class="wide" tabindex="0" role="region" aria-label="{labels["all"]}"><table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )
    return _page(language, title=labels["index"], subtitle="application/problem+json", body=body, path="/problems")


def install(app: FastAPI) -> None:
    """Add the pages to a service's app; they are for people, so not in the OpenAPI document."""
    app.router.routes.extend([Route("/problems", _index), Route("/problems/{code}", _one)])


def _index(request: Request) -> HTMLResponse:
    return HTMLResponse(index_page(_language(request)), headers=HEADERS)


def _one(request: Request) -> HTMLResponse:
    refusal = next((one for one in every_refusal() if one.code == request.path_params["code"]), None)
    if refusal is None:
        raise NotFound("Aucun refus ne porte ce code.", action="La liste des refus est à l'adresse /problems.")
    return HTMLResponse(refusal_page(refusal, _language(request)), headers=HEADERS)


def _language(request: Request) -> Language:
    asked = request.query_params.get("lang")
    if asked is None:
        return language_of(request.headers.get("accept-language"))
    for language in _LABELS:
        if asked == language:
            return language
    raise InvalidParameter("lang", "Cette page n'existe pas dans cette langue.", action="Demandez lang=fr ou lang=en.")


def _passes(refusal: type[Refusal]) -> bool:
    """Whether the same request may be accepted later."""
    return refusal.status in (429, 500, 502, 503) or refusal.code in ("idempotency-in-progress", "body-incomplete")


def _prose(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False)).replace("\n", " ")


def _page(language: Language, *, title: str, subtitle: str, body: str, path: str) -> str:
    labels, other = _LABELS[language], "en" if language == "fr" else "fr"
    doors = (
        f'<nav class="doors" aria-label="Socle"><ul class="plain">'
        f'<li><a href="/problems?lang={language}">{labels["all"]}</a></li>'
        f'<li><a href="{path}?lang={other}" hreflang="{other}" lang="{other}">{labels["other"]}</a></li></ul></nav>'
    )
    return page_template().substitute(
        lang=language,
        page_title=f"{html.escape(title)} — Socle",
        title=html.escape(title),
        skip=labels["skip"],
        subtitle=subtitle,
        doors=doors,
        body=body,
        footer=f"Socle {html.escape(version('socle'))}",
    )
