"""How an expected "no" ends a command: French lines on standard error and an exit code, never a stack trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

CANNOT_START, USAGE = 1, 2


@contextmanager
def in_french() -> Iterator[None]:
    """Turn the refusals of the rooms below into lines and an exit code: 1 cannot start here, 2 anything else."""
    from pydantic import ValidationError

    from services.cli.embedded import EmbeddedRefusal
    from services.cli.machine import StartRefusal
    from services.cli.push.client import PushRefused
    from services.cli.schemas.refusal import SchemasRefused
    from services.cli.targets import SettingsRefused
    from shared.errors import Refusal

    try:
        yield
    except (EmbeddedRefusal, StartRefusal) as refusal:
        _leave(str(refusal), CANNOT_START)
    except (SettingsRefused, SchemasRefused, PushRefused) as refusal:
        _leave(str(refusal), USAGE)
    except Refusal as refusal:
        _leave(f"{refusal.title}\n{refusal.detail}\n{refusal.action}", USAGE)
    except ValidationError as error:
        names = ", ".join(f"SOCLE_{str(one['loc'][0]).upper()}" for one in error.errors())
        _leave(f"Valeur illisible ou hors limites : {names}.", USAGE)


def _leave(text: str, code: int) -> None:
    typer.echo(text, err=True)
    raise typer.Exit(code)
