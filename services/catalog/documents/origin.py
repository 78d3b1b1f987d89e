"""Columns that a consolidated data set has beside the schema's: whose each row is."""

from collections.abc import Mapping

ORIGIN: Mapping[str, Mapping[str, str]] = {
    "organisation_siren": {
        "type": "string",
        "title": "SIREN de l'organisme",
        "description": "Organisme qui a publié la ligne.",
        "example": "213103955",
    },
    "organisation_nom": {
        "type": "string",
        "title": "Nom de l'organisme",
        "description": "Organisme qui a publié la ligne.",
        "example": "Muret",
    },
    "deposit_id": {
        "type": "string",
        "title": "Dépôt",
        "description": "Dépôt qui a apporté la ligne ; vide si un retour en arrière l'a rétablie.",
    },
    "version": {
        "type": "integer",
        "title": "Version",
        "description": "Version du jeu de données de l'organisme qui a apporté la ligne.",
    },
}
"""Name → Table Schema descriptor."""
