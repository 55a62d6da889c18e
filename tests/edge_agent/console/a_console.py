"""A console on twins and real files, and a browser without a browser in front of it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from access_core.clock import Instant
from access_core.devices.commands import PulseOutput, ReleaseOutcome, ReleaseResult
from access_core.devices.health import InputState
from access_core.devices.ports import CameraView, SeenCode
from access_core.ids import DeviceId
from device_drivers.system_clock import SystemClock
from edge_agent.bootstrap import transport_to_centre
from edge_agent.config import read_settings
from edge_agent.console.application import Console
from edge_agent.console.gate_view import GateView
from edge_agent.console.lane_board import LaneBoard
from edge_agent.console.metrics import Metrics
from edge_agent.console.one_time_code import make_code
from edge_agent.console.reads import ReadDesk
from edge_agent.link.state import LinkState
from edge_agent.recorder import Recorder
from edge_agent.stores import open_stores
from tests.edge_settings import write_settings
from tests.edge_state import a_used_edge
from tests.twins import TwinDevice, TwinDoor

DOOR = DeviceId("turnstile")
CAMERA = DeviceId("camera-in")
ORIGIN = "http://127.0.0.1:8480"


class WiredTwinDoor(TwinDoor):
    """A door with two inputs and two outputs."""

    def inputs(self) -> tuple[InputState, ...]:
        """One of each state."""
        return (
            InputState(name="passage in", is_active=True),
            InputState(name="fire", is_active=False),
            InputState(name="reset key", is_active=None),
        )

    def outputs(self) -> tuple[str, ...]:
        """As the terminals are called."""
        return ("release in", "release out")

    async def pulse(self, command: PulseOutput) -> ReleaseResult:
        """Confirm."""
        return ReleaseResult(command_id=command.command_id, outcome=ReleaseOutcome.CONFIRMED)


class ViewedTwinReader(TwinDevice):
    """A reader with a picture."""

    def __init__(self, device_id: DeviceId, jpeg: bytes = b"\xff\xd8\xff\xd9") -> None:
        """Shows `jpeg`."""
        super().__init__(device_id)
        self.jpeg: bytes | None = jpeg

    def view(self) -> CameraView | None:
        """The picture with one code in it."""
        if self.jpeg is None:
            return None
        code = SeenCode(corners=((10, 10), (90, 10), (90, 90), (10, 90)), outcome="read")
        return CameraView(
            at=SystemClock().now(), jpeg=self.jpeg, width=160, height=120, codes=(code,)
        )


class MovableClock:
    """This machine's clock, and as far ahead as a test wants."""

    def __init__(self) -> None:
        """As it is."""
        self.ahead_ms = 0

    def now(self) -> Instant:
        """The present moment, moved."""
        return SystemClock().now().plus_ms(self.ahead_ms)


@dataclass
class Desk:
    """A console, its parts, and who sits before it."""

    console: Console
    browser: httpx2.AsyncClient
    clock: MovableClock
    door: WiredTwinDoor
    camera: ViewedTwinReader
    over: asyncio.Event
    tested: list[tuple[DeviceId, PulseOutput]] = field(default_factory=list)
    outcome: ReleaseOutcome = ReleaseOutcome.CONFIRMED

    @property
    def code(self) -> str:
        """A new one-time code, as `edge-agent console-code` prints it."""
        return make_code(self.console.view.settings.edge.state_dir, self.clock.now())

    async def sign_in(self) -> None:
        """Type a good code."""
        answer = await self.post("/sign-in", code=self.code)
        assert answer.status_code == 303

    async def page(self, path: str) -> str:
        """The page at `path`, which must be there."""
        answer = await self.browser.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def post(self, path: str, **fields: str) -> httpx2.Response:
        """Send a form from a page of the console."""
        return await self.browser.post(path, data=fields, headers={"origin": ORIGIN})

    async def send_own(self, page: str, path: str, **fields: str) -> httpx2.Response:
        """Send a form that stands on `page`, with what is hidden in it."""
        found = re.search(r'name="form_key" value="([^"]+)"', await self.page(page))
        assert found
        return await self.post(path, form_key=found[1], **fields)


@asynccontextmanager
async def a_desk(folder: Path) -> AsyncIterator[Desk]:
    """A console of one gate with a door and a camera; nobody is signed in."""
    await a_used_edge(folder)
    settings = read_settings(write_settings(folder))
    clock, metrics, over = MovableClock(), Metrics(), asyncio.Event()
    door, camera = WiredTwinDoor(DOOR), ViewedTwinReader(CAMERA)
    transport = transport_to_centre(settings, clock, None)

    async def nobody(_: object) -> None:
        """Nobody is told of the link."""

    async with open_stores(settings.edge.state_dir, clock) as stores:
        view = GateView(
            settings=settings,
            settings_file=folder / "edge.toml",
            software="campus-gateway 0",
            clock=clock,
            drivers={DOOR: door, CAMERA: camera},
            stores=stores,
            recorder=Recorder(stores.journal, clock, lambda _event, _row: None),
            link=LinkState(nobody),
            transport=transport,
        )
        metrics.watch(view)

        async def test_output(device: DeviceId, command: PulseOutput) -> ReleaseResult:
            desk.tested.append((device, command))
            return ReleaseResult(command_id=command.command_id, outcome=desk.outcome)

        console = Console(
            view=view,
            board=LaneBoard(view.readers),
            reads=ReadDesk(clock, view.readers),
            metrics=metrics,
            test_output=test_output,
        )
        wire = httpx2.ASGITransport(app=console.application(over))
        async with httpx2.AsyncClient(transport=wire, base_url=ORIGIN) as browser:
            desk = Desk(console, browser, clock, door, camera, over)
            yield desk
    await transport.close()
