"""Documentation pages that work without internet: their scripts and styles are served by us."""

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.staticfiles import StaticFiles
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

ASSETS_PATH = Path(str(files("fastapi_offline") / "static"))
ASSETS_URL = "/docs-assets"


def documentation_routes(*, title: str, openapi_url: str = "/openapi.json", docs_url: str = "/docs") -> list[Route]:
    """`/docs` (Swagger UI) and `/docs/reference` (Redoc) for one OpenAPI document."""

    async def swagger(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        return get_swagger_ui_html(
            openapi_url=f"{root}{openapi_url}",
            title=title,
            swagger_js_url=f"{root}{ASSETS_URL}/swagger-ui-bundle.js",
            swagger_css_url=f"{root}{ASSETS_URL}/swagger-ui.css",
            swagger_favicon_url=f"{root}{ASSETS_URL}/favicon.png",
        )

    async def reference(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        return get_redoc_html(
            openapi_url=f"{root}{openapi_url}",
            title=title,
            redoc_js_url=f"{root}{ASSETS_URL}/redoc.standalone.js",
            redoc_favicon_url=f"{root}{ASSETS_URL}/favicon.png",
            with_google_fonts=False,
        )

    return [Route(docs_url, swagger), Route(f"{docs_url}/reference", reference)]


def install(app: FastAPI) -> None:
    """Add the pages and their assets to a service's app."""
    app.mount(ASSETS_URL, StaticFiles(directory=ASSETS_PATH), name="docs-assets")
    app.router.routes.extend(documentation_routes(title=app.title))
