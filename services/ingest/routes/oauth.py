"""OAuth 2: short tokens for programs that speak it (RFC 6749, 4.4), and where to ask for them (RFC 8414).

Errors are OAuth's own documents, which its clients read; all that is not about the token itself stays problem+json.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from services.ingest.oauth import GRANT, ErrorCode, TokenRefused, check_grant, credentials_of, grant_token
from services.ingest.tools import IngestTools
from shared.errors import InvalidParameter, ServiceUnavailable
from shared.models import KeyAction
from shared.tokens import TOKEN_PATH, tokens_of
from shared.web import refusals

router = APIRouter(tags=["Clés"], responses=refusals(ServiceUnavailable))

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
"""RFC 6749, 5.1."""


class TokenOut(BaseModel):
    """A token (RFC 6749, 5.1)."""

    access_token: str = Field(description="À envoyer dans « Authorization: Bearer … », là où irait la clé.")
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="En secondes. Prenez-en ensuite un autre : rien ne prolonge un jeton.")
    scope: str = Field(description="Ce que permet le jeton, séparé par des espaces.")


class TokenErrorOut(BaseModel):
    """A refusal (RFC 6749, 5.2)."""

    error: ErrorCode
    error_description: str = Field(description="En anglais : la norme n'y permet aucun accent.")


class MetadataOut(BaseModel):
    """Where and how tokens are asked for (RFC 8414)."""

    issuer: str
    token_endpoint: str
    scopes_supported: list[KeyAction]
    response_types_supported: list[str] = Field(description="Vide : personne ne se connecte par un navigateur.")
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    service_documentation: str


_PROBLEM = refusals(InvalidParameter)[InvalidParameter.status]

ERRORS: dict[int | str, dict[str, Any]] = {
    400: {
        "model": TokenErrorOut,
        "description": f"Une erreur d'OAuth, ou un problème : {_PROBLEM['description']}",
        "content": _PROBLEM["content"],
    },
    401: {"model": TokenErrorOut, "description": "Clé inconnue, expirée ou révoquée (« invalid_client »)"},
}


@router.post(TOKEN_PATH, summary="Prendre un jeton avec une clé (OAuth 2)", response_model=TokenOut, responses=ERRORS)
async def post_token(
    request: Request,
    response: Response,
    tools: IngestTools,
    grant_type: Annotated[str | None, Form(description=f"« {GRANT} »", examples=[GRANT])] = None,
    scope: Annotated[
        str | None, Form(description="Droits de la clé, séparés par des espaces ; sans lui, tous sauf « keys ».")
    ] = None,
    client_id: Annotated[str | None, Form(description="Le préfixe de la clé, sauf en HTTP Basic")] = None,
    client_secret: Annotated[str | None, Form(description="La clé entière, sauf en HTTP Basic")] = None,
) -> TokenOut | JSONResponse:
    """Un jeton vaut dix minutes, là où vaut la clé, et s'éteint avec elle. `client_id` : les 8 caractères qui suivent
    « socle_ » (ou « socle_test_ ») ; `client_secret` : la clé entière ; en HTTP Basic ou dans le formulaire."""
    form = await request.form()
    response.headers.update(NO_STORE)
    try:
        if len(form.multi_items()) != len(form):
            raise TokenRefused("invalid_request", "A parameter is given more than once.")
        check_grant(grant_type)
        credentials = credentials_of(request.headers.get("authorization"), client_id, client_secret)
        granted = await grant_token(credentials, scope, sessions=tools.sessions, settings=tools.settings)
    except TokenRefused as refusal:
        return _answer(refusal)
    return TokenOut(
        access_token=granted.token,
        token_type="Bearer",  # noqa: S106 - the kind of token
        expires_in=granted.seconds,
        scope=" ".join(granted.scopes),
    )


def _answer(refusal: TokenRefused) -> JSONResponse:
    unknown = refusal.error == "invalid_client"
    return JSONResponse(
        {"error": refusal.error, "error_description": refusal.description},
        status_code=401 if unknown else 400,
        headers=NO_STORE | ({"WWW-Authenticate": 'Basic realm="socle"'} if unknown else {}),
    )


@router.get("/.well-known/oauth-authorization-server", summary="Savoir où prendre un jeton (OAuth 2)")
async def get_metadata(tools: IngestTools) -> MetadataOut:
    """Ce que lit un logiciel qui parle OAuth (RFC 8414)."""
    issuer = tokens_of(tools.settings).issuer
    return MetadataOut(
        issuer=issuer,
        token_endpoint=issuer + TOKEN_PATH,
        scopes_supported=list(KeyAction),
        response_types_supported=[],
        grant_types_supported=[GRANT],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
        service_documentation=f"{issuer}/docs",
    )
