"""The services this program can run, found by name: each has `app.make_app`, `worker.run_worker` and its settings."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import ValidationError

from shared.settings import SharedSettings

if TYPE_CHECKING:
    from fastapi import FastAPI

Service = Literal["ingest", "validator", "catalog"]
SERVICES: tuple[Service, ...] = get_args(Service)

_PREFIXES = ("SOCLE_", "INGEST_", "VALIDATOR_", "CATALOG_")


class SettingsRefused(Exception):
    """The environment lacks a setting or holds one that cannot be read. The message names each, in French."""


def load_settings(service: Service) -> SharedSettings:
    """The settings of a service, from the environment. Raises SettingsRefused."""
    settings: type[SharedSettings] = getattr(
        import_module(f"services.{service}.settings"), f"{service.capitalize()}Settings"
    )
    try:
        return settings()
    except ValidationError as error:
        raise SettingsRefused("\n".join(_sentence(one["loc"], one["type"]) for one in error.errors())) from error


def make_service_app(service: Service, settings: SharedSettings) -> "FastAPI":
    """The ASGI app of a service."""
    make_app: Callable[[SharedSettings], FastAPI] = import_module(f"services.{service}.app").make_app
    return make_app(settings)


def run_service_worker(service: Service, settings: SharedSettings) -> Awaitable[None]:
    """The worker of a service, until SIGTERM or SIGINT."""
    run_worker: Callable[[SharedSettings], Awaitable[None]] = import_module(f"services.{service}.worker").run_worker
    return run_worker(settings)


def _sentence(place: tuple[int | str, ...], rule: str) -> str:
    # Values are not shown: some are secrets.
    name = str(place[0]).upper()
    variable = name if name.startswith(_PREFIXES) else f"SOCLE_{name}"
    if rule == "missing":
        return f"Il manque la variable d'environnement {variable}."
    return f"La variable d'environnement {variable} a une valeur illisible ou hors limites."
