"""`GET /`: what this is, for whom, and where to go. One page, no script, nothing from elsewhere."""

import html
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from services.cli.data_folder import DataFolder, Sandbox
from services.cli.examples import DEMO_FILE, curl_examples

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""The page has one inline style and no script."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def landing_route(folder: DataFolder | None) -> Route:
    """The page. The sandbox and its key are shown only to this very machine, and only where there is one."""

    def landing(request: Request) -> HTMLResponse:
        root = str(request.base_url).rstrip("/")
        sandbox = folder.read_sandbox() if folder is not None and _is_local(request) else None
        return HTMLResponse(landing_page(root, sandbox), headers=SECURITY_HEADERS)

    return Route("/", landing)


def landing_page(base_url: str, sandbox: Sandbox | None) -> str:
    """The page, with examples for the sandbox or, without one, for a key to ask for."""
    if sandbox is None:
        examples = curl_examples(base_url, api_key="VOTRE_CLÉ", organisation="213103955")
    else:
        examples = curl_examples(base_url, api_key=sandbox.api_key, organisation=sandbox.organisation, file=DEMO_FILE)
    blocks = "\n".join(
        f"<h3>{html.escape(one.title)}</h3>\n<pre tabindex='0'><code>{html.escape(one.command)}</code></pre>"
        for one in examples
    )
    key_text = _WITH_SANDBOX if sandbox else _WITHOUT_SANDBOX
    return _template().substitute(examples=blocks, key_text=key_text, version=html.escape(version("socle")))


_WITH_SANDBOX = (
    "Cette installation a un <strong>bac à sable</strong> : ces commandes portent sa clé et marchent telles quelles. "
    "Elle n’est montrée qu’à cette machine."
)
_WITHOUT_SANDBOX = (
    "Remplacez <code>VOTRE_CLÉ</code> par la clé que le département vous a remise. Lire les données n’en demande pas."
)


def _is_local(request: Request) -> bool:
    client = request.client.host if request.client else ""
    return client in LOOPBACK and (request.url.hostname or "") in LOOPBACK


@cache
def _template() -> Template:
    return Template((files("services.cli") / "landing.html").read_text(encoding="utf-8"))
