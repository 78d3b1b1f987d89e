"""One process of the installation: a web server or a worker, as production runs them."""

import os
from typing import Literal

import uvicorn
import uvloop
from fastapi import FastAPI
from starlette.types import ASGIApp

from services.cli.data_folder import DataFolder, data_folder
from services.cli.gateway import make_gateway
from services.cli.protocol import Protocol
from services.cli.targets import SERVICES, Service, load_settings, make_service_app, run_service_worker
from shared.logs import set_up_logs

GRACEFUL_SECONDS = 10
"""What requests under way have to end after a request to stop; less than the supervisor's patience."""

WebTarget = Literal["ingest", "validator", "catalog", "all"]


def serve(target: WebTarget, *, host: str, port: int) -> None:
    """Serve one service, or all of them behind one port, until SIGTERM or SIGINT. Raises SettingsRefused."""
    names = SERVICES if target == "all" else (target,)
    settings = {name: load_settings(name) for name in names}
    set_up_logs(f"serve-{target}", settings[names[0]].log_format)
    apps: dict[str, FastAPI] = {name: make_service_app(name, settings[name]) for name in names}
    app: ASGIApp = make_gateway(apps, folder=_folder()) if target == "all" else apps[target]
    uvicorn.run(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )


def work(service: Service) -> None:
    """Run the worker of a service until SIGTERM or SIGINT. Raises SettingsRefused."""
    settings = load_settings(service)
    set_up_logs(f"work-{service}", settings.log_format)

    async def run() -> None:
        await run_service_worker(service, settings)

    uvloop.run(run())


def _folder() -> DataFolder | None:
    """The folder that `socle start` works in; in production there is none."""
    return data_folder() if os.environ.get("SOCLE_DATA_DIR") else None
