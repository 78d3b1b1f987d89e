"""Files to measure with: made by a seed, so that two runs read the same bytes."""

import random
from pathlib import Path

import numpy as np

from services.validator.checks.bal_projection import project
from shared.reference import load_communes

ADDRESSES = (
    "uid_adresse;cle_interop;commune_insee;commune_nom;commune_deleguee_insee;commune_deleguee_nom;voie_nom;lieudit_complement_nom;"
    "numero;suffixe;position;x;y;long;lat;cad_parcelles;source;date_der_maj;certification_commune"
)

ACTS = (
    "COLL_NOM,COLL_SIRET,DELIB_ID,DELIB_DATE,DELIB_MATIERE_CODE,DELIB_MATIERE_NOM,DELIB_OBJET,BUDGET_ANNEE,BUDGET_NOM,"
    "PREF_ID,PREF_DATE,VOTE_EFFECTIF,VOTE_REEL,VOTE_POUR,VOTE_CONTRE,VOTE_ABSTENTION,DELIB_URL"
)

SEED = 31


def write_addresses(
    path: Path, rows: int, *, wrong_share: float = 0, stray_quotes: bool = False, odd_every: int = 0
) -> None:
    """A base adresse locale of 19 columns, without fault for the national judge. `wrong_share`: of rows with one wrong
    cell; `odd_every`: rows to one that only `csv` reads: stray quotes beside a quoted cell of two lines."""
    chance = random.Random(SEED)
    communes = [each for each in load_communes() if each.departement == "31"]
    points = np.array([(chance.random() * 2, 42.7 + chance.random()) for _ in range(rows)]).round(6)
    positions = np.column_stack((*project(points[:, 0], points[:, 1]), points))
    with path.open("w", encoding="utf-8") as file:
        file.write(ADDRESSES + "\n")
        for number in range(rows):
            if number % 40 == 0:
                street, code = f"Rue du Général Leclerc {number // 40}", f"{1 + number // 40 % 9999:04}"
                commune = chance.choice(communes)
                insee, name = commune.code, commune.name
            at = number % 40 + 1
            x, y, long, lat = positions[number]
            plots = "|".join(f"{insee}0000A{sheet}{at:04}" for sheet in "BCD")
            cells = [
                *("", f"{insee}_{code}_{at:05}", insee, name, "", "", street, "", str(at), "", "entrée"),
                *(f"{x:.2f}", f"{y:.2f}", f"{long:.6f}", f"{lat:.6f}", plots),
                *("Mairie", f"2024-{1 + number % 12:02}-{1 + number % 28:02}", str(number % 2)),
            ]
            if chance.random() < wrong_share:
                column, text = chance.choice(
                    [(8, "0x"), (11, "1,5"), (17, "2024-13-01"), (1, f"faux{number}"), (10, "là")]
                )
                cells[column] = text
            if stray_quotes and number % 1000 == 0:
                cells[6] = 'Rue dite "du Lac"'
            if odd_every and number % odd_every == 0:
                cells[6:8] = 'Rue dite "du Lac"', '"Ancienne route\nde Muret"'
            file.write(";".join(cells) + "\n")


def write_acts(
    path: Path, rows: int, *, wrong_share: float = 0, stray_quotes: bool = False, odd_every: int = 0
) -> None:
    """A list of délibérations of 17 columns."""
    chance = random.Random(SEED)
    with path.open("w", encoding="utf-8") as file:
        file.write(ACTS + "\n")
        for number in range(rows):
            day = f"20{10 + number % 15:02}-{1 + number % 12:02}-{1 + number % 28:02}"
            present, against, abstained = 20 + chance.randrange(15), chance.randrange(4), chance.randrange(4)
            cells = [
                *("Commune de Muret", "21310395500018", f"{day[:4]}-{number:06}", day, "7.5"),
                *("Finances locales/Subventions", f"Attribution d'une subvention à l'association n° {number}"),
                *(day[:4], "Budget principal", f"031-213103955-{number:08}", day),
                *(str(35), str(present), str(present - against - abstained), str(against), str(abstained)),
                f"https://www.mairie-muret.fr/deliberations/{day[:4]}/{number}.pdf",
            ]
            if chance.random() < wrong_share:
                column, text = chance.choice(
                    [(1, "2131039550001A"), (3, "le 3 mai"), (4, "75"), (11, "onze"), (16, f"nulle part {number}")]
                )
                cells[column] = text
            if stray_quotes and number % 1000 == 0:
                cells[6] = 'Rue dite "du Lac"'
            if odd_every and number % odd_every == 0:
                cells[5:7] = 'Finances "locales"', '"Attribution d\'une subvention,\nà une association"'
            file.write(",".join(cells) + "\n")
