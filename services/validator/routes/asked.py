"""What the routes that judge a file ask for: the body, the schema, how to correct."""

from typing import Annotated

from fastapi import Query

from services.validator.on_demand import TooManyValidations, ValidationFailed
from shared.models import Corrections
from shared.registry import UnknownSchema, UnknownSchemaVersion

BODY = {
    "requestBody": {
        "required": True,
        "description": "Le fichier, tel quel ou en multipart (un seul fichier).",
        "content": {
            "text/csv": {"schema": {"type": "string", "format": "binary"}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    }
}

SchemaName = Annotated[str, Query(description="Nom du schéma", examples=["scdl/deliberations"])]
SchemaVersionAsked = Annotated[str | None, Query(description="Version du schéma ; la plus récente par défaut")]
AskedCorrections = Annotated[
    Corrections, Query(description="« none » : juger le fichier à la lettre, sans rien corriger")
]
AskedOrganisation = Annotated[
    str | None,
    Query(
        description="SIREN, SIRET ou code INSEE de l'organisme auquel comparer le fichier, comme le ferait un dépôt",
        examples=["213103955"],
        max_length=20,
    ),
]

EXAMINATION_REFUSALS = (UnknownSchema, UnknownSchemaVersion, TooManyValidations, ValidationFailed)
"""What any examination on demand may answer."""
