"""Running the command `socle` as another process."""

import os
import subprocess
import sys


def socle(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with nothing of ours in the environment but what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOCLE_")}
    return subprocess.run(
        [sys.executable, "-m", "services.cli.main", *words],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
