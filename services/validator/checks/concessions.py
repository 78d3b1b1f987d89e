"""What the regulatory format of public procurement asks of markets alone.

A concession (`contrat-concession` of the DECP tree, or a row of a table whose `nature` says so) has no price form, no
CPV code, no offers…: that these cells are empty is nothing to say. Of a market, it is said.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from services.validator.checks.chunk import Chunk, FaultRun
from services.validator.findings import FindingCode

NATURES = (
    "Concession de travaux",
    "Concession de service",
    "Concession de service public",
    "Délégation de service public",
)

OF_MARKETS = frozenset({
    *("codeCPV", "attributionAvance", "marcheInnovant", "offresRecues", "sousTraitanceDeclaree"),
    *("typeGroupementOperateurs", "lieuExecution_code", "lieuExecution_typeCode", "montant", "formePrix"),
})  # fmt: skip
"""Fields of a market that the arrêtés of 22 December 2022 do not know for a concession."""


def without_what_concessions_lack(runs: Sequence[FaultRun], chunk: Chunk) -> list[FaultRun]:
    """The faults, without the empty cells that a concession cannot fill."""
    is_market = (~chunk.canonical.get_column("nature").is_in(pl.Series(NATURES).implode())).fill_null(True).to_numpy()
    if is_market.all():
        return list(runs)
    kept = []
    for run in runs:
        if run.code is FindingCode.REQUIRED_VALUE and run.column in OF_MARKETS:
            run = run.only(np.flatnonzero(is_market[run.rows]))
        if len(run.rows):
            kept.append(run)
    return kept
