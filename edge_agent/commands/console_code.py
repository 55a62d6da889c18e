"""`edge-agent console-code`: the one-time code that opens the console, and where that is."""

from typing import Final

from access_core.clock import Clock
from edge_agent.config import EdgeSettings
from edge_agent.console.one_time_code import GOOD_FOR_MS, make_code
from edge_agent.console.serving import HOST

_MINUTE_MS: Final = 60_000


def code_lines(settings: EdgeSettings, clock: Clock) -> list[str]:
    """A new code in lines for a person. Raises OSError if the state folder cannot be written."""
    port = settings.console.port
    if not settings.console.enabled:
        return ["the console is switched off: write `enabled = true` under [console]"]
    code = make_code(settings.edge.state_dir, clock.now())
    return [
        f"code     {code}  (once, within {GOOD_FOR_MS // _MINUTE_MS} minutes)",
        f"console  http://{HOST}:{port}",
        f"from another machine first: ssh -L {port}:{HOST}:{port} THIS-MACHINE",
    ]
