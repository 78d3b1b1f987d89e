"""A concession is not asked what only a market has."""

import json

from judging import Judge

BUYER, HOLDER = {"id": "21310395500018"}, {"id": "99990300800012", "typeIdentifiant": "SIRET"}

MARKET = {
    "id": "2024M1",
    "acheteur": BUYER,
    "nature": "Marché",
    "objet": "Toiture de l’école",
    "procedure": "Procédure adaptée",
    "dureeMois": 6,
    "dateNotification": "2024-03-01",
    "datePublicationDonnees": "2024-03-05",
    "titulaires": [{"titulaire": HOLDER}],
}

CONCESSION = {
    "id": "2024C1",
    "autoriteConcedante": BUYER,
    "nature": "Délégation de service public",
    "objet": "Eau potable",
    "procedure": "Procédure négociée ouverte",
    "dureeMois": 120,
    "dateSignature": "2023-12-01",
    "dateDebutExecution": "2024-01-01",
    "datePublicationDonnees": "2024-01-02",
    "valeurGlobale": 1000000,
    "concessionnaires": [{"concessionnaire": HOLDER}],
}


def test_a_concession_lacks_nothing_that_only_markets_have(judge: Judge) -> None:
    tree = {"marches": {"marche": [MARKET], "contrat-concession": [CONCESSION, CONCESSION | {"id": "2024C2"}]}}
    report = judge(json.dumps(tree), "marches").report
    assert report.verdict == "valid"
    assert {finding.row for finding in report.findings if finding.code == "required-value"} == {1}
    assert {rule.count for rule in report.by_rule if rule.code == "required-value"} == {1}
    assert {"montant", "codeCPV"} <= {rule.field for rule in report.by_rule}


def test_what_both_must_have_is_asked_of_a_concession(judge: Judge) -> None:
    tree = {"marches": {"contrat-concession": [CONCESSION | {"objet": None}]}}
    report = judge(json.dumps(tree), "marches").report
    assert [(rule.code, rule.field) for rule in report.by_rule if rule.severity != "info"] == [
        ("required-value", "objet")
    ]
