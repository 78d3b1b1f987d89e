"""A whole worker: it takes what the queue rings for, and stops when asked."""

import asyncio
import os
import signal

from journal import PEPPER, MakeDeposit, SessionsOf
from judging import deliberation_file
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import col

from services.validator.settings import ValidatorSettings
from services.validator.worker import run_worker
from shared.blobs import open_blobs, put_bytes
from shared.deposits import VALIDATE
from shared.models import Deposit, DepositState
from shared.queue import Queue


async def test_a_ring_leads_to_a_verdict(
    database: str, queue_url: str, tmp_blobs: str, sessions_of: SessionsOf, make_deposit: MakeDeposit
) -> None:
    settings = ValidatorSettings(
        database_url=database,
        queue_url=queue_url,
        blobs_url=tmp_blobs,
        key_pepper=SecretStr(PEPPER),
        VALIDATOR_WORKER_CHILDREN=1,
    )
    raw = await put_bytes(open_blobs(tmp_blobs), deliberation_file({}).encode(), folder="raw")
    deposit = await make_deposit(sha256=raw.sha256, size_bytes=raw.size_bytes)
    sessions, queue = sessions_of("socle_ingest"), Queue(queue_url)
    working = asyncio.create_task(run_worker(settings))
    try:
        assert await queue.ring(VALIDATE, deposit.id)
        async with asyncio.timeout(30):
            state = ""
            while state != DepositState.VALIDATED:
                await asyncio.sleep(0.05)
                async with sessions() as session:
                    state = (await session.execute(select(col(Deposit.state)))).scalar_one()
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        await working
        await queue.close()
