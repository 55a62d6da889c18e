"""The program's log holds no secret and nobody's data."""

import io
import json

import structlog

from central_server.kit.log import configure_log, redact


def test_secrets_and_persons_are_redacted_at_any_depth() -> None:
    """Whatever a key says of a secret or a person goes; the rest stays."""
    line = redact(
        None,
        "info",
        {
            "event": "x",
            "form_token": "t",
            "Password": "p",
            "enrol_code": "c",
            "visitor_phone": "138",
            "inner": {"plate": "A1", "gate": "north"},
            "status_code": 200,
        },
    )
    assert line == {
        "event": "x",
        "form_token": "[redacted]",
        "Password": "[redacted]",
        "enrol_code": "[redacted]",
        "visitor_phone": "[redacted]",
        "inner": {"plate": "[redacted]", "gate": "north"},
        "status_code": 200,
    }


def test_a_line_is_json() -> None:
    """One JSON object a line, Chinese readable, exceptions with their stack."""
    stream = io.StringIO()
    try:
        configure_log(stream)
        try:
            dict[str, str]()["gone"]
        except KeyError:
            structlog.get_logger().exception("失败", gate="north", session_token="s")
    finally:
        structlog.reset_defaults()
    line = json.loads(stream.getvalue())
    assert line["event"] == "失败"
    assert line["session_token"] == "[redacted]"
    assert "KeyError" in line["exception"]
