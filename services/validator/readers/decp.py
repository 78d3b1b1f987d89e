"""The regulatory tree of public procurement (DECP 2.0, arrêtés of 22 December 2022) as rows of `decp/marches`.

One row per contract and per holder; lists stay JSON. A concession has an authority and concessionaires where a market
has a buyer and holders, and a date of signature where a market has one of notification.

    {"marches": {"marche": [{"id": "1", "titulaires": [A, B]}], "contrat-concession": [...]}} -> rows 1×A, 1×B, …
    {"marches": [...]} (form of 2019) -> refused
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.validator.detect import refused
from services.validator.findings import FindingCode
from services.validator.readers.documents import DocumentStopped, Record, misshapen

SCHEMA_NAME = "decp/marches"

MARKETS, CONCESSIONS = "marche", "contrat-concession"

PREFIXED = {"acheteur": "acheteur", "autoriteConcedante": "acheteur", "lieuExecution": "lieuExecution"}
"""Objects whose members become columns: `acheteur.id` → `acheteur_id`."""

LISTS = {
    "techniques": "technique",
    "modalitesExecution": "modaliteExecution",
    "typesPrix": "typePrix",
    "considerationsSociales": "considerationSociale",
    "considerationsEnvironnementales": "considerationEnvironnementale",
}
"""Objects that only wrap a list."""

HOLDERS = {"titulaires": "titulaire", "concessionnaires": "concessionnaire"}

SIGNED, NOTIFIED = "dateSignature", "dateNotification"


def is_decp(document: Any) -> bool:
    """Whether a decoded document is, or was in 2019, such a tree."""
    return isinstance(document, dict) and isinstance(document.get("marches"), dict | list)


def rows_of_tree(document: Mapping[str, Any]) -> Iterator[Record]:
    """Its rows, ranked from 1 by contract. Raises DocumentStopped."""
    tree = document["marches"]
    if isinstance(tree, list):
        raise DocumentStopped(refused(FindingCode.DECP_OLD_FORM))
    unknown = set(tree) - {MARKETS, CONCESSIONS}
    if unknown or not tree:
        raise misshapen(
            "« marches » doit contenir « marche » ou « contrat-concession »",
            "“marches” must hold “marche” or “contrat-concession”",
        )
    rank = 0
    for kind in (MARKETS, CONCESSIONS):
        for contract in _listed(tree.get(kind)):
            rank += 1
            if not isinstance(contract, dict):
                raise misshapen(f"le contrat n° {rank} n’est pas un objet", f"contract no. {rank} is not an object")
            for row in _rows_of_contract(contract):
                yield rank, row


def stands_for_notification(row: Mapping[str, Any]) -> bool:
    """Whether a row has only a date of signature: concessions do, and years are told from the notification."""
    return bool(row.get(SIGNED)) and not row.get(NOTIFIED)


def _rows_of_contract(contract: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    row: dict[str, Any] = {}
    holders: list[Any] = []
    for key, value in contract.items():
        if key in HOLDERS:
            holders += [_unwrapped(holder, HOLDERS[key]) for holder in _listed(value)]
        elif key in PREFIXED and isinstance(value, dict):
            row.update({f"{PREFIXED[key]}_{name}": each for name, each in value.items()})
        elif key in LISTS:
            row[key] = _listed(_unwrapped(value, LISTS[key]))
        else:
            row[key] = value
    for holder in holders or [{}]:
        members = holder if isinstance(holder, dict) else {"id": holder}
        yield {**row, **{f"titulaire_{name}": each for name, each in members.items()}}


def _unwrapped(value: Any, name: str) -> Any:
    return value[name] if isinstance(value, dict) and set(value) == {name} else value


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
