"""The territory of an organisation, for the context of an examination: read from the reference once per département."""

from datetime import datetime

from services.validator.context import Context, Owner
from shared.models import Organisation
from shared.models.organisation import OrganisationKind
from shared.reference import Commune, load_communes, load_epci, load_former_communes, load_version


class Territories:
    """Communes and intercommunalities; grows with the départements it is asked about. Blocking on first sight."""

    def __init__(self) -> None:
        self._version = load_version()
        self._communes: dict[str, dict[str, Commune]] = {}
        self._former: dict[str, dict[str, list[str]]] = {}
        self._members: dict[str, tuple[str, ...]] = {}

    def context(self, organisation: Organisation, received_at: datetime) -> Context:
        """What a file of the organisation, received then, is to be compared with."""
        return Context(self._owner(organisation), received_at.date().isoformat(), self._version)

    def _owner(self, organisation: Organisation) -> Owner:
        codes = self._codes(organisation)
        communes = [found for code in codes if (found := self._commune(code)) is not None]
        former = [code for one in codes for code in self._former[departement_of(one)].get(one, ())]
        is_epci = organisation.kind == OrganisationKind.EPCI
        return Owner(
            siren=organisation.siren,
            name=organisation.name,
            kind=organisation.kind,
            insee_codes=tuple(sorted({*codes, *former, *(old for one in communes for old in one.former_codes)})),
            postal_codes=tuple(sorted({code for one in communes for code in one.postal_codes})),
            member_sirens=tuple(sorted(one.siren for one in communes if one.siren)) if is_epci else (),
        )

    def _codes(self, organisation: Organisation) -> tuple[str, ...]:
        """INSEE codes of the communes of today that make its territory."""
        if organisation.kind == OrganisationKind.COMMUNE and organisation.insee_code:
            self._read(organisation.insee_code)
            return (organisation.insee_code,)
        if organisation.kind != OrganisationKind.EPCI:
            return ()
        if organisation.siren not in self._members:
            self._members.update({one.siren: one.commune_codes for one in load_epci([organisation.departement or ""])})
        codes = self._members.setdefault(organisation.siren, ())
        for code in codes:
            self._read(code)
        return codes

    def _read(self, code: str) -> None:
        departement = departement_of(code)
        if departement in self._communes:
            return
        self._former[departement] = {}
        for one in load_former_communes([departement]):
            self._former[departement].setdefault(one.commune_code, []).append(one.code)
        self._communes[departement] = {one.code: one for one in load_communes([departement])}

    def _commune(self, code: str) -> Commune | None:
        return self._communes[departement_of(code)].get(code)


def departement_of(insee_code: str) -> str:
    """31395 → 31, 2A004 → 2A, 97411 → 974."""
    return insee_code[:3] if insee_code.startswith(("97", "98")) else insee_code[:2]
