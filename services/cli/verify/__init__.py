"""Checks the invariants of an installation over its database and its blobs, whatever happened to it before.

It trusts nothing that the services claim: each figure is counted again from the rows and the bytes.
"""

from services.cli.verify.examine import Verification, examine, verify
from services.cli.verify.invariants import INVARIANTS, Violation

__all__ = ["INVARIANTS", "Verification", "Violation", "examine", "verify"]
