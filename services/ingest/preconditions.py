"""The version of a data set that a deposit starts from: against updates that would undo each other unseen."""

import re
from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import col

from shared.db import Sessions
from shared.errors import InvalidParameter, Refusal
from shared.models import CatalogDataset, Deposit
from shared.trials import look_at_trials

_VERSION_TAG = re.compile(r'"(0|[1-9][0-9]{0,17})"')


class BaseVersionMoved(Refusal):
    """The data set is no longer at the version that the deposit starts from."""

    status = 412
    code = "base-version-moved"
    title = "Le jeu de données a changé entre-temps"


class BaseVersionRequired(Refusal):
    """This installation wants to know which version the deposit starts from (RFC 6585, 3)."""

    status = 428
    code = "base-version-required"
    title = "Version de départ absente"


def base_of(if_match: str | None, base_version: int | None) -> int | None:
    """The version named by `If-Match: "3"` or `base_version=3`; None: whatever it is. Raises InvalidParameter."""
    if if_match is None:
        return base_version
    tag = _VERSION_TAG.fullmatch(if_match.strip())
    if tag is None:
        raise InvalidParameter(
            "If-Match",
            "If-Match doit donner un seul numéro de version, entre guillemets.",
            action='Écrivez par exemple « If-Match: "3" », ou « base_version=3 » dans l\'adresse.',
        )
    version = int(tag[1])
    if base_version not in (None, version):
        raise InvalidParameter(
            "base_version",
            f'« base_version={base_version} » et « If-Match: "{version}" » ne disent pas la même version.',
            action="N'envoyez que l'un des deux.",
        )
    return version


async def check_base(sessions: Sessions, deposit: Deposit, *, required: Collection[str] = ()) -> None:
    """Refuse at once what could only end `outdated`; what is decided is decided at publication.

    `required` names the schemas whose deposits must say their version (`*`: all). Raises BaseVersionMoved,
    BaseVersionRequired.
    """
    if deposit.base_version is None:
        if "*" in required or deposit.schema_name in required:
            raise BaseVersionRequired(
                f"Un dépôt « {deposit.schema_name} » doit dire de quelle version du jeu de données il part.",
                action="Ajoutez « If-Match » avec le numéro de la version actuelle entre guillemets "
                '(« If-Match: "0" » si rien n\'est encore publié).',
            )
        return
    statement = select(CatalogDataset.id, CatalogDataset.current_version).where(  # type: ignore[call-overload]
        col(CatalogDataset.schema_name) == deposit.schema_name,
        col(CatalogDataset.organisation_siren) == deposit.organisation_siren,
        col(CatalogDataset.trial_of).is_not_distinct_from(deposit.trial_of),
    )
    async with sessions() as session:  # one transaction: whose trials are looked at is said for as long as it lasts
        await look_at_trials(session, deposit.trial_of)
        found = (await session.execute(statement)).one_or_none()
    version = (found.current_version or 0) if found is not None else 0
    if version != deposit.base_version:
        raise BaseVersionMoved(
            f"Le jeu de données est à la version {version} ; ce dépôt part de la version {deposit.base_version}.",
            action="Relisez la version actuelle, reportez-y vos changements, puis déposez à partir d'elle.",
            dataset=None if found is None else found.id,
            version=version,
        )
