import json
import logging
from datetime import UTC, datetime

import pytest

from shared.logs import JsonFormatter, current_request_id, logged_with


@pytest.mark.parametrize("created", [0.0, 1700000000.0, 1700000000.5, 1700000000.999, 1700000001.25])
def test_a_line_tells_its_moment_in_utc(created: float) -> None:
    formatter = JsonFormatter("essai")
    for moment in (created, created + 0.125, created + 1):
        record = logging.makeLogRecord({"created": moment, "msg": "request", "levelname": "INFO"})
        said = json.loads(formatter.format(record))["at"]
        assert said == datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")


def test_lines_carry_what_the_blocks_around_them_say() -> None:
    with logged_with(request_id="une"):
        with logged_with(deposit_id="autre"):
            line = json.loads(JsonFormatter("essai").format(logging.makeLogRecord({"msg": "x"})))
            assert (line["request_id"], line["deposit_id"]) == ("une", "autre")
        with pytest.raises(ZeroDivisionError), logged_with(request_id="deux"):
            raise ZeroDivisionError
        assert current_request_id() == "une"
    assert current_request_id() == "-"
