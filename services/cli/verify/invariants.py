"""What must hold, in the words of who reads the result."""

from collections.abc import Mapping
from dataclasses import dataclass

INVARIANTS: Mapping[str, str] = {
    "raw-kept": "les octets exacts de chaque dépôt sont conservés",
    "deposits-end": "chaque dépôt a pris fin, ou vient d'arriver, et son parcours est cohérent",
    "one-version-each": "un dépôt publié a exactement une version, une version exactement un dépôt publié",
    "pointers-forward": "les versions se suivent sans trou et le pointeur désigne la dernière",
    "rows-of-versions": "les lignes de chaque version sont celles que la table des lignes donne",
    "versions-kept": "chaque version a son fichier et les lignes du dépôt qui l'a faite",
    "verdicts": "chaque verdict a son rapport, d'accord avec la fin du dépôt",
    "idempotency": "une clé d'idempotence désigne un dépôt ou garde une réponse, un dépôt n'en a qu'une",
    "consolidated": "le jeu consolidé a les lignes de tous les organismes, ni plus ni moins",
}
"""Code → sentence, in the order they are checked."""


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold."""

    invariant: str
    """A key of `INVARIANTS`."""
    subject: str
    """The deposit, data set or blob concerned."""
    detail: str
    """French."""
