"""Try again what failed on our side."""

from uuid import UUID

from services.ingest.auth import CurrentVendor, require_habilitation
from services.ingest.decide import locked_deposit
from shared.audit import actor_of, audit_deposit
from shared.db import Sessions
from shared.deposits import decide
from shared.errors import Refusal
from shared.models import Deposit, DepositState


class NotFailed(Refusal):
    """Only a deposit that failed on our side can be tried again."""

    status = 409
    code = "not-failed"
    title = "Rien à reprendre"


async def retry_deposit(sessions: Sessions, deposit_id: UUID, *, vendor: CurrentVendor | None) -> Deposit:
    """Have a failed deposit judged and published again, in its first place in line. `vendor`: None for the operator.

    Raises NotFound, NotHabilitated, NotFailed.
    """
    async with sessions.begin() as session:
        deposit = await locked_deposit(session, deposit_id, vendor)
        if vendor is not None:
            await require_habilitation(session, vendor, deposit.organisation_siren, deposit.schema_name)
        if deposit.state != DepositState.FAILED:
            raise NotFailed(
                f"Le dépôt est à l'état « {deposit.state} » : seul un dépôt en échec peut être repris.",
                action="Relisez l'identifiant et l'état du dépôt ; pour d'autres données, déposez de nouveau.",
                state=deposit.state,
            )
        actor = actor_of(vendor)
        await decide(session, deposit, DepositState.RECEIVED, detail={"by": actor.name})
        await audit_deposit(session, deposit, actor=actor, action="deposit.retry")
    return deposit
