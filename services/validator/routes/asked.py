"""What the routes that judge a file ask for: the body, the schema, how to correct."""

from typing import Annotated

from fastapi import Query

from services.validator.on_demand import TooManyValidations, ValidationFailed
from shared.models import Corrections, DepositMode
from shared.registry import UnknownSchema, UnknownSchemaVersion

SchemaName = Annotated[str, Query(description="Nom du schéma", examples=["scdl/deliberations"])]
SchemaVersionAsked = Annotated[str | None, Query(description="Version du schéma ; la plus récente par défaut")]
AskedCorrections = Annotated[
    Corrections, Query(description="« none » : juger le fichier à la lettre, sans rien corriger")
]
AskedMode = Annotated[
    DepositMode,
    Query(description="Le mode du dépôt à venir : « upsert » et « delete » ne nomment chaque identité qu'une fois"),
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
