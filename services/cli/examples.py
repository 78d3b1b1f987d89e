"""Commands to copy: the same on the terminal after `socle start` and on the landing page."""

import shlex
from dataclasses import dataclass
from importlib.resources import files

DEMO_FILE = str(files("services.cli") / "demo_files" / "deliberations-cazeres.csv")
"""A file of this machine that may be pushed."""


@dataclass(frozen=True, slots=True)
class Example:
    """A command that a shell takes as it is."""

    title: str
    command: str


def curl_examples(base_url: str, *, api_key: str, organisation: str, file: str = "deliberations.csv") -> list[Example]:
    """From the push to the export. `organisation`: a SIREN the key may deposit for."""
    key = f"-H 'Authorization: Bearer {api_key}'"
    return [
        Example(
            "Déposer un fichier",
            f"curl -X POST '{base_url}/v1/deposits?organisation={organisation}&schema=scdl/deliberations' \\\n"
            f"  {key} \\\n"
            "  -H 'Content-Type: text/csv' -H \"Idempotency-Key: $(date +%s%N)\" \\\n"
            f"  --data-binary @{shlex.quote(file)}",
        ),
        Example("Suivre ses dépôts", f"curl '{base_url}/v1/deposits?limit=5' \\\n  {key}"),
        Example(
            "Lire le rapport d'un dépôt (remplacez ID)",
            f"curl '{base_url}/v1/deposits/ID/report' \\\n  {key}",
        ),
        Example(
            "Interroger les données du département",
            f"curl '{base_url}/v1/datasets/deliberations/records?limit=3&sort=-DELIB_DATE'",
        ),
        Example("Exporter en CSV", f"curl -o deliberations.csv '{base_url}/v1/datasets/deliberations/exports/csv'"),
    ]
