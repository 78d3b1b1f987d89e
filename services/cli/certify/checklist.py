"""What is looked at, in the order in which a vendor meets it. Each item pushes or asks, and says what it saw."""

import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from services.cli.certify.files import missing_column, other_encoding, valid_file, wrong_type
from services.cli.certify.rotation import key_is_replaced
from services.cli.certify.visit import GOOD_ENDS, Skipped, Visit, expect, refused
from services.cli.certify.webhooks import forgery_is_refused, webhook_is_verified


async def key_is_accepted(visit: Visit) -> str:
    answer = await visit.door.ask("GET", "/v1/deposits", params={"limit": "1"})
    expect(answer.status == 200, f"reçu {answer.status} {answer.code}")
    return "la clé ouvre la liste de vos dépôts"


async def wrong_key_is_refused(visit: Visit) -> str:
    wrong = {"Authorization": "Bearer socle_essai_inconnue"}
    seen = refused(await visit.door.ask("GET", "/v1/deposits", headers=wrong), 401, "key-invalid")
    page = await visit.door.ask("GET", "/problems/key-invalid")
    expect(page.status == 200, "la page qui explique le refus manque")
    return f"{seen}, expliqué par sa page"


async def file_is_checked_first(visit: Visit) -> str:
    headers, parameters = {"Content-Type": "text/csv"}, {"schema": visit.door.schema}
    answer = await visit.door.ask("POST", "/v1/validations", params=parameters, headers=headers, content=visit.valid)
    expect(answer.body.get("verdict") == "valid", f"reçu {answer.status} {answer.body.get('verdict')}")
    return "fichier valide, rien n'est déposé"


async def good_file_is_published(visit: Visit) -> str:
    visit.first = await visit.door.deposit(visit.valid, headers={"Idempotency-Key": visit.key})
    expect(visit.first.status == 202, f"reçu {visit.first.status} {visit.first.code}")
    end = await visit.door.rested(visit.first)
    expect(end.get("state") in GOOD_ENDS, f"dépôt {end.get('id')} : {end.get('state')}")
    return f"dépôt {end['id']} : {end['state']}"


async def retry_makes_one_deposit(visit: Visit) -> str:
    expect(visit.first is not None and visit.first.status == 202, "le premier envoi n'a pas été reçu")
    again = await visit.door.deposit(visit.valid, headers={"Idempotency-Key": visit.key})
    same = visit.first is not None and again.body.get("id") == visit.first.body.get("id")
    expect(same, f"reçu {again.status}, dépôt {again.body.get('id')}")
    return "même clé, mêmes octets : le même dépôt"


async def reused_key_is_refused(visit: Visit) -> str:
    answer = await visit.door.deposit(wrong_type(visit.valid), headers={"Idempotency-Key": visit.key})
    return refused(answer, 422, "idempotency-key-reused")


async def wrong_type_is_rejected(visit: Visit) -> str:
    report = await _rejected(visit, wrong_type(visit.valid))
    fault = next((one for one in report["findings"] if one.get("column") == "DELIB_DATE"), None)
    expect(fault and fault["row"] == 3 and fault["how_to_mend"], "le rapport ne désigne pas la date de la ligne 3")
    return "le rapport désigne la ligne 3, DELIB_DATE, et dit comment corriger"


async def missing_column_is_rejected(visit: Visit) -> str:
    report = await _rejected(visit, missing_column(visit.valid))
    expect("DELIB_OBJET" in report["header"]["missing"], "le rapport ne nomme pas la colonne absente")
    return "le rapport nomme la colonne absente"


async def correction_is_published(visit: Visit) -> str:
    corrected = valid_file(visit.siren, f"{visit.mark} corrigé")
    accepted = await visit.door.deposit(corrected, headers={"Idempotency-Key": str(uuid4())})
    expect(accepted.status == 202, f"reçu {accepted.status} {accepted.code}")
    end = await visit.door.rested(accepted)
    expect(end.get("state") in GOOD_ENDS, f"dépôt {end.get('id')} : {end.get('state')}")
    return f"nouvelle clé, dépôt {end['id']} : {end['state']}"


async def other_encoding_is_told(visit: Visit) -> str:
    headers, parameters = {"Content-Type": "text/csv"}, {"schema": visit.door.schema}
    content = other_encoding(visit.valid)
    answer = await visit.door.ask("POST", "/v1/validations", params=parameters, headers=headers, content=content)
    expect(answer.status == 200, f"reçu {answer.status} {answer.code}")
    encoding = str(answer.body["input"]["encoding"])
    expect(encoding.lower().replace("-", "") not in ("utf8", "none"), f"lu comme {encoding}")
    return f"lu comme {encoding}, et le rapport le dit"


async def unknown_schema_is_refused(visit: Visit) -> str:
    return refused(await visit.door.deposit(visit.valid, schema="scdl/inexistant"), 404, "unknown-schema")


async def other_organisation_is_refused(visit: Visit) -> str:
    if visit.other_organisation is None:
        raise Skipped("indiquez --other-organisation : un organisme qui ne vous a pas habilité")
    key = (await visit.door.ask("GET", "/v1/whoami")).body.get("key", {})
    if key.get("test"):
        raise Skipped("une clé d'essai dépose pour tout organisme, à l'abri des autres")
    answer = await visit.door.deposit(visit.valid, organisation=visit.other_organisation)
    return refused(answer, 403, "not-habilitated")


async def changed_bytes_are_refused(visit: Visit) -> str:
    digest = base64.b64encode(hashlib.sha256(b"autre chose").digest()).decode()
    answer = await visit.door.deposit(visit.valid, headers={"Content-Digest": f"sha-256=:{digest}:"})
    return refused(answer, 400, "content-digest-mismatch")


async def unknown_parameter_is_named(visit: Visit) -> str:
    answer = await visit.door.deposit(visit.valid, organization=visit.siren)
    seen = refused(answer, 400, "invalid-parameter")
    expect(answer.body.get("parameter") == "organization", f"{seen}, sans nommer le paramètre")
    return f"{seen}, qui nomme le paramètre"


async def exact_bytes_come_back(visit: Visit) -> str:
    expect(visit.first is not None and visit.first.status == 202, "le premier envoi n'a pas été reçu")
    path = f"/v1/deposits/{visit.first.body['id']}/file" if visit.first else ""
    expect((await visit.door.ask("GET", path)).content == visit.valid, "les octets rendus diffèrent")
    return "les octets rendus sont ceux de l'envoi"


Item = Callable[[Visit], Awaitable[str]]

CHECKLIST: Mapping[str, Item] = {
    "Votre clé est acceptée": key_is_accepted,
    "Une clé inconnue est refusée, et le refus expliqué": wrong_key_is_refused,
    "Un fichier se vérifie sans être déposé": file_is_checked_first,
    "Un fichier valide est publié, ou vérifié à blanc": good_file_is_published,
    "Le même envoi répété ne fait qu'un dépôt": retry_makes_one_deposit,
    "La même Idempotency-Key pour un autre envoi est refusée": reused_key_is_refused,
    "Les octets déposés se relisent à l'identique": exact_bytes_come_back,
    "Une valeur du mauvais type est rejetée, et située": wrong_type_is_rejected,
    "Une colonne absente est rejetée, et nommée": missing_column_is_rejected,
    "Le fichier corrigé est publié, ou vérifié à blanc": correction_is_published,
    "Un autre encodage est reconnu, et dit": other_encoding_is_told,
    "Un schéma inconnu est refusé": unknown_schema_is_refused,
    "Un organisme qui ne vous a pas habilité est protégé": other_organisation_is_refused,
    "Des octets altérés en chemin sont refusés": changed_bytes_are_refused,
    "Une faute de frappe dans un paramètre est nommée": unknown_parameter_is_named,
    "Un webhook arrive, signé, et se vérifie": webhook_is_verified,
    "Une signature fausse n'est pas crue": forgery_is_refused,
    "Une clé se remplace sans interruption": key_is_replaced,
}


async def _rejected(visit: Visit, content: bytes) -> Mapping[str, Any]:
    """The report on a file that must be rejected. Raises Missed."""
    accepted = await visit.door.deposit(content, headers={"Idempotency-Key": str(uuid4())})
    expect(accepted.status == 202, f"reçu {accepted.status} {accepted.code}")
    end = await visit.door.rested(accepted)
    report = (await visit.door.ask("GET", f"/v1/deposits/{end.get('id')}/report")).body
    expect(report.get("verdict") == "invalid", f"dépôt {end.get('id')} : {end.get('state')}")
    return report
