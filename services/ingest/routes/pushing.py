"""What a push declares: the parameters and headers of POST /v1/deposits."""

from typing import Annotated

from fastapi import Depends, Header, Query

from services.ingest.idempotency import check_key
from services.ingest.preconditions import base_of
from services.ingest.receive import Push
from shared.models import Corrections, DepositMode, DepositScope

Organisation = Annotated[
    str, Query(description="SIREN, SIRET ou code INSEE de l'organisme", examples=["213103955"], min_length=1)
]
SchemaName = Annotated[
    str, Query(description="Nom du schéma, ou identifiant d'un jeu de données libre", examples=["scdl/deliberations"])
]
Mode = Annotated[
    DepositMode,
    Query(
        description="« replace » : les périodes du fichier sont remplacées ; « upsert » : ses lignes s'ajoutent "
        "ou prennent la place de celles de même identité ; « delete » : les lignes de même identité sont retirées"
    ),
]
Scope = Annotated[
    DepositScope,
    Query(alias="slice", description="« all », en mode « replace » : les périodes absentes du fichier sont vidées"),
]
ExternalId = Annotated[
    str | None,
    Query(
        description="Votre référence (numéro d'acte, identifiant d'export…), rendue avec le dépôt et cherchable",
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]*$",
    ),
]
Wait = Annotated[
    str | None,
    Header(
        description="« wait=N » : attendre la fin du dépôt N secondes au plus ; si elle vient à temps, la réponse est "
        "201 avec le dépôt fini (ou retenu), sinon 202 comme d'ordinaire",
        examples=["wait=10"],
    ),
]


async def push_of(
    organisation: Organisation,
    schema: SchemaName,
    schema_version: Annotated[str | None, Query(description="Version du schéma ; la plus récente par défaut")] = None,
    corrections: Annotated[
        Corrections, Query(description="« none » : juger le fichier à la lettre, sans rien corriger")
    ] = Corrections.ALL,
    mode: Mode = DepositMode.REPLACE,
    slice_: Scope = DepositScope.PRESENT,
    external_id: ExternalId = None,
    dry_run: Annotated[
        bool, Query(description="true : tout vérifier et comparer, ne rien publier ; le dépôt finit « checked »")
    ] = False,
    base_version: Annotated[
        int | None,
        Query(
            ge=0,
            lt=10**18,
            description="Version du jeu de données dont part le fichier (0 : rien de publié encore) : le dépôt n'est "
            "publié que si elle est encore l'actuelle",
        ),
    ] = None,
    if_match: Annotated[str | None, Header(description="Autre façon de dire `base_version`", examples=['"3"'])] = None,
    idempotency_key: Annotated[str | None, Header(description="Identifiant de l'envoi, le même à chaque essai")] = None,
) -> Push:
    """Raises InvalidParameter, IdempotencyKeyInvalid."""
    if idempotency_key is not None:
        check_key(idempotency_key)
    return Push(
        organisation,
        schema,
        schema_version,
        idempotency_key,
        corrections,
        mode,
        slice_,
        external_id,
        dry_run,
        base_of(if_match, base_version),
    )


Pushed = Annotated[Push, Depends(push_of)]
