"""Which rooms of fixtures every test may use: the servers, servers run apart,
and the official files laid beside the project."""

from pathlib import Path

ROOMS = ("servers", "apart", "official")

pytest_plugins = [room for room in ROOMS if Path(__file__).with_name(f"{room}.py").exists()]
