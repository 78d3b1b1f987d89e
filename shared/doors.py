"""How a request offers a key of a vendor, or a token of one: what the documents of the API say, and what reads it."""

from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import APIKeyHeader, HTTPBearer, OAuth2

from shared.models import KeyAction
from shared.tokens import LIFETIME, TOKEN_PATH

BEARER = HTTPBearer(auto_error=False, description="Clé d'API d'un éditeur : `socle_…`")
KEY_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, description="La même clé, pour les outils sans Bearer")

SCOPES = {
    KeyAction.DEPOSIT: "Déposer des fichiers",
    KeyAction.READ: "Voir ses dépôts, leurs rapports et leurs fichiers",
    KeyAction.DECIDE: "Confirmer, annuler, reprendre un dépôt",
    KeyAction.DATASETS: "Créer et modifier des jeux de données libres",
    KeyAction.HABILITATIONS: "Demander des habilitations",
    KeyAction.WEBHOOKS: "Dire où envoyer les événements",
    KeyAction.KEYS: "Faire, remplacer et révoquer des clés ; seulement si on le demande",
}
"""As OAuth's documents describe them."""

OAUTH = OAuth2(
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(
            tokenUrl=TOKEN_PATH, scopes={str(action): said for action, said in SCOPES.items()}
        )
    ),
    description=f"Jeton de {LIFETIME.seconds // 60} minutes pris avec une clé (JWT, selon RFC9068 et RFC8725).",
    auto_error=False,
)
"""Says in the documents of the API that a token does where a key does; BEARER reads both."""
