"""`make bench`: prints each figure as a JSON line, with medians, beside a reference measured in the same run.

A figure is a fact about one machine at one moment; what carries over is the ratio to its reference.
"""

import argparse
import asyncio
import json
import logging
import os
import warnings

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before Polars is loaded: CPU time is then that of the work alone

from catalog import measure_catalog
from deposits import measure_deposits
from records import measure_records
from validation import measure_validation
from validator import measure_validator

PARTS = {
    "validation": measure_validation,
    "deposits": measure_deposits,
    "records": measure_records,
    "validator": measure_validator,
    "catalog": measure_catalog,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which parts to measure (all by default)")
    wanted = parser.parse_args().parts or list(PARTS)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    for name in wanted:
        for figure in asyncio.run(PARTS[name]()):
            print(json.dumps(figure, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
