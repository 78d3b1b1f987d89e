"""Who an organisation is and where its territory lies, for the context of an examination.

Read from the reference, a département at a time, when one is first asked about: that blocks for tenths of a second.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from services.validator.context import Context, Owner
from shared.errors import Refusal
from shared.models import Organisation
from shared.models.organisation import OrganisationKind
from shared.reference import Commune, load_communes, load_epci, load_former_communes, load_version

NUMBER = re.compile(r"(\d{9})(?:\d{5})?", re.ASCII)
INSEE_CODE = re.compile(r"\d[\dAB]\d{3}", re.ASCII)


class OrganisationNotFound(Refusal):
    """Not the number of an organisation, or an INSEE code that no commune has."""

    status = 404
    code = "organisation-not-found"
    title = "Organisme introuvable"


class Territories:
    """Communes and intercommunalities; `departements`: where organisations are looked for by their SIREN."""

    def __init__(self, departements: Iterable[str] = ()) -> None:
        self._version = load_version()
        self._departements = tuple(departements)
        self._communes: dict[str, dict[str, Commune]] = {}
        self._former: dict[str, dict[str, list[str]]] = {}
        self._members: dict[str, tuple[str, ...]] = {}

    def context(self, organisation: Organisation, received_at: datetime) -> Context:
        """What a file of the organisation, received then, is to be compared with."""
        return Context(self._owner(organisation), received_at.astimezone(UTC).date().isoformat(), self._version)

    def find(self, number: str) -> Organisation:
        """The organisation of a SIREN, SIRET or INSEE code; a SIREN that no commune or intercommunality has is some
        other producer's. Raises OrganisationNotFound."""
        number = number.strip()
        if INSEE_CODE.fullmatch(number) and (commune := self._commune(number)) is not None:
            return _of_commune(commune)
        if (found := NUMBER.fullmatch(number)) is None:
            raise OrganisationNotFound(
                f"Aucune commune ni aucun organisme ne porte le numéro « {number[:40]} ».",
                action="Donnez un SIREN (9 chiffres), un SIRET (14 chiffres) ou un code INSEE (5 caractères).",
            )
        return self._of_siren(found[1])

    def _of_siren(self, siren: str) -> Organisation:
        for departement in self._departements:
            for commune in self._read(departement).values():
                if commune.siren == siren:
                    return _of_commune(commune)
        for epci in load_epci(self._departements):
            if epci.siren == siren:
                kind, departement = OrganisationKind.EPCI, epci.departements[0]
                return Organisation(siren=siren, name=epci.name, slug=epci.slug, kind=kind, departement=departement)
        return Organisation(siren=siren, name=f"SIREN {siren}", slug=siren, kind=OrganisationKind.OTHER)

    def _owner(self, organisation: Organisation) -> Owner:
        codes = self._codes(organisation)
        communes = [found for code in codes if (found := self._commune(code)) is not None]
        former = [code for one in codes for code in self._former[departement_of(one)].get(one, ())]
        is_epci = organisation.kind == OrganisationKind.EPCI
        return Owner(
            siren=organisation.siren,
            name=organisation.name,
            kind=str(organisation.kind),
            insee_codes=tuple(sorted({*codes, *former, *(old for one in communes for old in one.former_codes)})),
            postal_codes=tuple(sorted({code for one in communes for code in one.postal_codes})),
            member_sirens=tuple(sorted(one.siren for one in communes if one.siren)) if is_epci else (),
        )

    def _codes(self, organisation: Organisation) -> tuple[str, ...]:
        """INSEE codes of the communes of today that make its territory."""
        if organisation.kind == OrganisationKind.COMMUNE and organisation.insee_code:
            return (organisation.insee_code,)
        if organisation.kind != OrganisationKind.EPCI:
            return ()
        if organisation.siren not in self._members:
            self._members.update({one.siren: one.commune_codes for one in load_epci([organisation.departement or ""])})
        return self._members.get(organisation.siren, ())

    def _read(self, departement: str) -> dict[str, Commune]:
        if departement not in self._communes:
            former: dict[str, list[str]] = {}
            for one in load_former_communes([departement]):
                former.setdefault(one.commune_code, []).append(one.code)
            self._former[departement] = former  # whole, and before the communes: other threads may be reading
            self._communes[departement] = {one.code: one for one in load_communes([departement])}
        return self._communes[departement]

    def _commune(self, code: str) -> Commune | None:
        return self._read(departement_of(code)).get(code)


def departement_of(insee_code: str) -> str:
    """31395 → 31, 2A004 → 2A, 97411 → 974."""
    return insee_code[:3] if insee_code.startswith(("97", "98")) else insee_code[:2]


def _of_commune(commune: Commune) -> Organisation:
    return Organisation(
        siren=commune.siren or "",
        name=commune.name,
        slug=commune.slug,
        kind=OrganisationKind.COMMUNE,
        insee_code=commune.code,
        departement=commune.departement,
    )
