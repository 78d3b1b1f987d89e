"""Where an embedded server keeps its files, its lock and its socket."""

import fcntl
import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import IO

from services.cli.embedded.refusal import EmbeddedRefusal

LONGEST_SOCKET_PATH_BYTES = 107
"""`sun_path` of unix(7) holds 108 bytes, the final NUL included."""

PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
"""What goes into a connection address as it is, with nothing to escape."""

ROTATED_LOG_BYTES = 10_000_000
"""A server log larger than this at start is set aside (one older file is kept)."""


def private_folder(path: Path) -> Path:
    """Create `path` with mode 0700, or check that it is ours alone; never changes the mode of what exists.

    Raises EmbeddedRefusal when it belongs to someone else, is open to others, or cannot be created.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise EmbeddedRefusal(
            f"Impossible de créer le dossier « {path} » ({error.strerror}). "
            "Choisissez un autre emplacement avec SOCLE_DATA_DIR."
        ) from error
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not ours or stat.S_IMODE(found.st_mode) & 0o077:
        raise EmbeddedRefusal(
            f"Le dossier « {path} » doit appartenir à l'utilisateur courant et n'être ouvert qu'à lui "
            "(droits 0700). Supprimez-le, ou choisissez un autre emplacement avec SOCLE_DATA_DIR."
        )
    return path


def hold_folder(folder: Path) -> IO[str]:
    """Take `folder` for this process: the lock lasts until the returned file is closed or the process dies.

    Raises EmbeddedRefusal when a live process holds it already.
    """
    lock = (folder / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read().strip() or "inconnu"
        lock.close()
        raise EmbeddedRefusal(
            f"Le dossier « {folder} » est déjà utilisé par un Socle en marche (processus {holder}). "
            "Arrêtez-le, ou choisissez un autre emplacement avec SOCLE_DATA_DIR."
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def socket_folder(folder: Path, socket_name: str) -> Path:
    """Return a private folder, empty, whose path is short and plain enough for a socket called `socket_name`.

    It is `folder/socket` when that fits, else one under the temporary folder; always the same one for `folder`.
    """
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short_name = f"socle-{os.geteuid()}-{digest}"
    candidates = [folder / "socket", Path(tempfile.gettempdir()) / short_name, Path("/tmp") / short_name]  # noqa: S108
    chosen = next(path for path in candidates if _fits(path / socket_name) or path is candidates[-1])
    private_folder(chosen)
    for left_over in chosen.iterdir():
        left_over.unlink()
    return chosen


def set_old_log_aside(log_path: Path) -> None:
    """Rename a log that has grown past `ROTATED_LOG_BYTES` to `<name>.1`, replacing the previous one."""
    if log_path.exists() and log_path.stat().st_size > ROTATED_LOG_BYTES:
        log_path.replace(log_path.with_name(log_path.name + ".1"))


def _fits(path: Path) -> bool:
    text = str(path)
    return PLAIN_PATH.fullmatch(text) is not None and len(os.fsencode(text)) <= LONGEST_SOCKET_PATH_BYTES
