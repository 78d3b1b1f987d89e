"""What the items of the checklist share, and how an item says what it saw."""

from dataclasses import dataclass, field
from uuid import uuid4

from services.cli.certify.door import Answer, Door
from services.cli.certify.files import valid_file

GOOD_ENDS = frozenset({"published", "unchanged", "checked"})


class Missed(Exception):
    """What was seen is not what was promised; a French sentence."""


class Skipped(Exception):
    """The item cannot be tried here; a French sentence."""


@dataclass(slots=True)
class Visit:
    """What items share: the door, the file, what came of earlier pushes."""

    door: Door
    siren: str
    other_organisation: str | None = None
    """An organisation for which the key may not deposit."""
    receiver_url: str | None = None
    """Where the vendor receives events: the address of one of its webhooks."""
    mark: str = field(default_factory=lambda: uuid4().hex[:8])
    key: str = field(default_factory=lambda: str(uuid4()))
    """Idempotency-Key of the valid push."""
    first: Answer | None = None

    @property
    def valid(self) -> bytes:
        """The file that is right."""
        return valid_file(self.siren, self.mark)


def expect(condition: object, said: str) -> None:
    """Raises Missed with what was seen."""
    if not condition:
        raise Missed(said)


def made(answer: Answer, status: int, *, right: str) -> Answer:
    """The answer, when it has that status. Raises Missed, and Skipped where the key lacks the action `right`."""
    if answer.code == "key-scope":
        raise Skipped(f"cette clé n'a pas l'action « {right} »")
    expect(answer.status == status, f"attendu {status}, reçu {answer.status} {answer.code}")
    return answer


def refused(answer: Answer, status: int, code: str) -> str:
    """Check that it is that refusal, explained; what was seen. Raises Missed."""
    seen = f"{answer.status} {answer.code or answer.media_type}"
    expect((answer.status, answer.code) == (status, code), f"attendu {status} {code}, reçu {seen}")
    expect(answer.body.get("detail") and answer.body.get("action"), f"{seen} sans explication")
    return seen
