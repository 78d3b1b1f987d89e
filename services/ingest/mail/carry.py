"""Carriers of letters: an SMTP server, or a folder of `.eml` files for a machine of one's own."""

import asyncio
import os
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from shared.models import OutgoingMail

TIMEOUT_SECONDS = 8
"""Less than what the database lets a transaction rest for."""


class MailRefused(Exception):
    """The letter will never be taken, now or later."""


class Carrier(Protocol):
    """Takes a letter away. Raises OSError when it may be tried again, MailRefused when not."""

    async def send(self, mail: OutgoingMail) -> None: ...


def make_carrier(*, smtp_url: str | None, folder: str | None, sender: str) -> Carrier | None:
    """The carrier of these settings; None: letters wait. The server, where there is one, goes first."""
    if smtp_url:
        return SmtpCarrier(smtp_url, sender)
    return FolderCarrier(Path(folder), sender) if folder else None


class SmtpCarrier:
    """`smtp://user:password@host:587` (TLS is required, by STARTTLS), `smtps://…:465`, or `smtp+plain://localhost:25`."""

    def __init__(self, url: str, sender: str) -> None:
        self._url, self._sender = urlsplit(url), sender

    async def send(self, mail: OutgoingMail) -> None:
        """In a thread: the worker's loop does not wait."""
        await asyncio.to_thread(self._send, as_message(mail, self._sender))

    def _send(self, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                if self._url.username:
                    server.login(unquote(self._url.username), unquote(self._url.password or ""))
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            if all(500 <= status < 600 for status, _ in error.recipients.values()):
                raise MailRefused("the address is refused") from error
            raise

    def _connected(self) -> smtplib.SMTP:
        host, tls = self._url.hostname or "localhost", ssl.create_default_context()
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self._url.port or 465, timeout=TIMEOUT_SECONDS, context=tls)
        server = smtplib.SMTP(host, self._url.port or 587, timeout=TIMEOUT_SECONDS)
        if self._url.scheme != "smtp+plain":
            server.starttls(context=tls)
        return server


class FolderCarrier:
    """Each letter is a file `<id>.eml`, whole or not there, that only the owner of the folder reads."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender

    async def send(self, mail: OutgoingMail) -> None:
        """Write it."""
        await asyncio.to_thread(self._write, f"{mail.id}.eml", bytes(as_message(mail, self._sender)))

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._folder / f".{name}.{os.getpid()}"
        beside.write_bytes(content)
        beside.chmod(0o600)
        beside.replace(self._folder / name)


def as_message(mail: OutgoingMail, sender: str) -> EmailMessage:
    """Plain text, readable as it is. Raises MailRefused for an address that no header takes."""
    message = EmailMessage()
    try:
        message["From"], message["To"], message["Subject"] = sender, mail.recipient, mail.subject
    except ValueError as error:
        raise MailRefused("the address cannot be written in a header") from error
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2].rstrip('>') or 'socle.invalid'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, cte="8bit")
    return message
