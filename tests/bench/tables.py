"""Files to measure with: made by a seed, so that two runs read the same bytes."""

import random
from pathlib import Path
from uuid import UUID

ADDRESSES = (
    "cle_interop;commune_insee;commune_nom;commune_deleguee_insee;commune_deleguee_nom;voie_nom;lieudit_complement_nom;"
    "numero;suffixe;position;x;y;long;lat;cad_parcelles;source;date_der_maj;certification_commune;id_ban_adresse"
)

ACTS = (
    "COLL_NOM,COLL_SIRET,DELIB_ID,DELIB_DATE,DELIB_MATIERE_CODE,DELIB_MATIERE_NOM,DELIB_OBJET,BUDGET_ANNEE,BUDGET_NOM,"
    "PREF_ID,PREF_DATE,VOTE_EFFECTIF,VOTE_REEL,VOTE_POUR,VOTE_CONTRE,VOTE_ABSTENTION,DELIB_URL"
)

SEED = 31


def write_addresses(path: Path, rows: int, *, wrong_share: float = 0, stray_quotes: bool = False) -> None:
    """A base adresse locale of 19 columns. `wrong_share`: of rows with one wrong cell."""
    chance = random.Random(SEED)
    with path.open("w", encoding="utf-8") as file:
        file.write(ADDRESSES + "\n")
        for number in range(rows):
            if number % 40 == 0:
                street, code = f"Rue du Général Leclerc {number // 40}", f"{number // 40 % 10000:04}"
                insee, name = f"31{chance.randrange(1, 590):03}", chance.choice(["Muret", "Saint-Gaudens", "Cazères"])
            at = number % 40 + 1
            cells = [
                *(f"{insee}_{code}_{at:05}", insee, name, "", "", street, "", str(at), "", "entrée"),
                *(f"{480000 + chance.random() * 120000:.2f}", f"{6200000 + chance.random() * 100000:.2f}"),
                *(f"{chance.random() * 2:.6f}", f"{42.7 + chance.random():.6f}", f"{insee}0000AB{at:04}"),
                *("Mairie", f"2024-{1 + number % 12:02}-{1 + number % 28:02}", str(number % 2)),
                str(UUID(int=chance.getrandbits(128), version=4)),
            ]
            if chance.random() < wrong_share:
                column, text = chance.choice(
                    [(7, "0x"), (10, "1,5"), (16, "2024-13-01"), (0, f"faux{number}"), (9, "là")]
                )
                cells[column] = text
            if stray_quotes and number % 1000 == 0:
                cells[5] = 'Rue dite "du Lac"'
            file.write(";".join(cells) + "\n")


def write_acts(path: Path, rows: int, *, wrong_share: float = 0, stray_quotes: bool = False) -> None:
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
            file.write(",".join(cells) + "\n")
