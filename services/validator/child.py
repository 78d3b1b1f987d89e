"""The process that examines files, apart from everything else: bounded, without credentials, without network.

Started by `sandbox.py` as `python -m services.validator.child`. Speaks JSON lines: a job on standard input, its
outcome on standard output; leaves at the end of input or with its parent. Limits come as JSON in the first argument.
"""

import ctypes
import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.validator.pipeline import Request
    from shared.registry import Registry
    from shared.reports.shape import StoredReport
    from shared.reports.words import Language

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000

FILE_SIZE_BYTES = 2 << 30
"""The largest file it may write: a canonical table is smaller than the text it comes from."""


def confine(limits: dict[str, Any]) -> None:
    """Die with the parent, give up the network where the kernel allows, set the limits of the process."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if libc.unshare(CLONE_NEWNET) != 0:
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    address_space = limits["address_space_bytes"]
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits["open_files"], limits["open_files"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE_BYTES, FILE_SIZE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_cpu(seconds: float) -> None:
    """From now on `seconds` of CPU time; the kernel ends the process beyond (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    total = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (total, resource.RLIM_INFINITY))


def main() -> None:
    """Confine first, then load what is heavy, then say so, then take jobs one by one."""
    limits = json.loads(sys.argv[1])
    confine(limits)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing a library prints may pass for an answer

    from services.validator import pipeline  # noqa: F401 - all that judging takes, before the first job
    from services.validator.checks.explain import make_readers
    from shared.registry import ImportedSchema, load_registry

    registry = load_registry()
    for schema in registry:
        for reader in make_readers(schema):  # a schema that cannot be checked stops the process here, not at a file
            _ = reader.proof  # made once: it serves every file

    def answer(document: dict[str, Any]) -> None:
        answers.write(json.dumps(document) + "\n")
        answers.flush()

    answer({"ready": True})
    gc.freeze()
    gc.disable()  # verdicts make no cycles, and looking for some costs a quarter of the time
    for line in sys.stdin:
        gc.collect()
        job = json.loads(line)
        registry.take_imported(ImportedSchema(**each) for each in job.get("imported", ()))
        allow_cpu(limits["cpu_seconds"])
        try:
            found = propose(job) if job.get("is_unknown") else {"slices": examine(job, registry)}
        except MemoryError:
            answer({"limit": "memory"})
            return
        except Exception as error:  # noqa: BLE001 - the edge of the job: the parent decides what a bug costs
            answer({"bug": _where(error)})
            return
        answer(found)


def examine(job: dict[str, Any], registry: "Registry") -> Sequence[str] | None:
    """Judge the file of a job, unless it is, and annotate it if asked; the slices of a valid one. Writes its folder."""
    from services.validator.pipeline import Request, validate_file
    from shared.reports.shape import StoredReport

    path, folder, request = Path(job["path"]), Path(job["folder"]), Request(**job["request"])
    report_path, slices = folder / "report.json", None
    if job.get("is_judged"):
        report = StoredReport.model_validate_json(report_path.read_bytes())
    else:
        found = validate_file(path, request, registry=registry, out_folder=folder)
        report, slices = found.report, found.slices
        report_path.write_text(report.model_dump_json(by_alias=True), encoding="utf-8")
    if job.get("annotate_in"):
        out_path = folder / "annotated.xlsx"
        annotate(path, request, report, registry=registry, language=job["annotate_in"], out_path=out_path)
    return slices


def propose(job: dict[str, Any]) -> dict[str, Any]:
    """A schema for the file of a job, or why there is none."""
    from services.validator.infer import NothingToInfer, infer_file

    try:
        return {"proposal": infer_file(Path(job["path"]), job["request"]["declared_charset"], Path(job["folder"]))}
    except NothingToInfer as reason:
        return {"proposal": {"refused": str(reason)}}


def annotate(
    path: Path,
    request: "Request",
    report: "StoredReport",
    *,
    registry: "Registry",
    language: "Language",
    out_path: Path,
) -> None:
    """Write the workbook of a file; what it takes is loaded for the first one only."""
    from services.validator.annotate import write_annotated
    from services.validator.pipeline import opened_file
    from services.validator.readers.table import RawTable
    from shared.reports.reword import worded

    with opened_file(path, request, registry=registry) as opened:
        table = opened.table if isinstance(opened.table, RawTable) else None
        write_annotated(table, worded(report, language), out_path)


def _where(error: BaseException) -> str:
    """Which bug, without the values at hand: they may be personal data."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} in {' > '.join(places)}"


if __name__ == "__main__":
    main()
