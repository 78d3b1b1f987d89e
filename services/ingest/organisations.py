"""Finding the organisation a push names: by SIREN, SIRET or INSEE code."""

import re

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.errors import Refusal
from shared.models import Organisation

SIREN = re.compile(r"\d{9}", re.ASCII)
SIRET = re.compile(r"\d{14}", re.ASCII)
INSEE_CODE = re.compile(r"\d[\dAB]\d{3}", re.ASCII)


class UnknownOrganisation(Refusal):
    """No organisation of this installation has that number."""

    status = 404
    code = "unknown-organisation"
    title = "Organisme inconnu"


async def find_organisation(session: AsyncSession, number: str) -> Organisation:
    """The organisation of a SIREN (9 digits), a SIRET (14 digits) or an INSEE code. Raises UnknownOrganisation."""
    number = "".join(number.split())  # as people write them: 213 103 955
    if SIREN.fullmatch(number) or SIRET.fullmatch(number):
        condition = col(Organisation.siren) == number[:9]
    elif INSEE_CODE.fullmatch(number):
        condition = col(Organisation.insee_code) == number
    else:
        raise _unknown(number, "Donnez un SIREN (9 chiffres), un SIRET (14 chiffres) ou un code INSEE (5 caractères).")
    organisation: Organisation | None = (
        await session.execute(select(Organisation).where(condition))
    ).scalar_one_or_none()
    if organisation is None:
        raise _unknown(number, "Vérifiez le numéro, ou demandez au département d'ajouter cet organisme.")
    return organisation


def _unknown(number: str, action: str) -> UnknownOrganisation:
    return UnknownOrganisation(f"Aucun organisme ne porte ici le numéro « {number[:40]} ».", action=action)
