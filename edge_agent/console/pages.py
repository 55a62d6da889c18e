"""The technician's pages: the gate at a glance, one device, and the tests of its wiring."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access_core.devices.commands import PulseOutput, ReleaseOutcome, ReleaseResult
from access_core.devices.ports import Driver
from access_core.ids import CommandId, DeviceId
from edge_agent.checks import Words
from edge_agent.console.device_view import (
    device_line,
    has_picture,
    input_lines,
    outputs,
    picture_of,
    read_line,
    seen,
)
from edge_agent.console.gate_view import GateView
from edge_agent.console.lane_board import LaneBoard
from edge_agent.console.reads import ReadDesk
from edge_agent.console.sessions import Session
from edge_agent.console.signing_in import Form, SigningIn
from edge_agent.console.templating import Templates

TRY_WITHIN_MS: Final = 2_000
"""A test that waits longer than this is not done: the technician may stand in the lane by then."""
OutputTest = Callable[[DeviceId, PulseOutput], Awaitable[ReleaseResult]]
_log = structlog.get_logger("console")
_NOT_FOUND: Final = 404
_SEE_OTHER: Final = 303
OUTCOMES: Final = {
    ReleaseOutcome.CONFIRMED: Words("已动作，设备已确认", "Switched; the device confirms it"),
    ReleaseOutcome.ACCEPTED: Words("设备已接受命令", "The device took the command"),
    ReleaseOutcome.REFUSED: Words("未执行", "Not done"),
    ReleaseOutcome.EXPIRED: Words("太迟，未发送", "Too late: it was not sent"),
    ReleaseOutcome.UNKNOWN: Words(
        "线路中断：可能已动作，请查看现场", "The line died: it may have switched. Look at the lane"
    ),
}


class ConsolePages:
    """Everything behind the sign-in."""

    def __init__(
        self,
        view: GateView,
        board: LaneBoard,
        reads: ReadDesk,
        templates: Templates,
        *,
        test_output: OutputTest,
    ) -> None:
        """`test_output` has the gate record and try an output."""
        self._view = view
        self._board = board
        self._reads = reads
        self._templates = templates
        self._test_output = test_output

    def routes(self, door: SigningIn) -> list[Route]:
        """Where what is; `door` lets nobody in without a session."""
        pages = {
            "/": self._overview,
            "/live": self._overview_live,
            "/devices/{device}": self._device,
            "/devices/{device}/live": self._device_live,
            "/devices/{device}/picture": self._picture,
            "/devices/{device}/outputs/{output}": self._ask_output,
        }
        acts = {
            "/devices/{device}/reads": self._test_reads,
            "/devices/{device}/outputs/{output}": self._try_output,
        }
        return [
            *(Route(path, door.page(page), methods=["GET"]) for path, page in pages.items()),
            *(Route(path, door.act(act), methods=["POST"]) for path, act in acts.items()),
        ]

    # -- the gate ----------------------------------------------------------------------------

    async def _overview(self, request: Request, session: Session) -> Response:
        return await self._gate(request, "overview.html", session)

    async def _overview_live(self, request: Request, session: Session) -> Response:
        return await self._gate(request, "overview_live.html", session)

    async def _gate(self, request: Request, template: str, session: Session) -> Response:
        now = self._view.now()
        return self._templates.render(
            request,
            template,
            session=session,
            gate=self._view.settings.gate.id,
            software=self._view.software,
            findings=[f for f in await self._view.findings() if not f.name.startswith("device ")],
            devices=[device_line(health, now) for health in self._view.health()],
            points=[
                (point, self._view.place(point), self._board.at(point))
                for point in self._board.points()
            ],
        )

    # -- one device --------------------------------------------------------------------------

    async def _device(self, request: Request, session: Session) -> Response:
        return self._one(request, "device.html", session)

    async def _device_live(self, request: Request, session: Session) -> Response:
        return self._one(request, "device_live.html", session)

    def _one(self, request: Request, template: str, session: Session) -> Response:
        driver = self._driver(request)
        if driver is None:
            return self._no_such(request, session)
        now, name = self._view.now(), driver.device_id
        return self._templates.render(
            request,
            template,
            session=session,
            device=device_line(driver.health(), now),
            is_reader=name in self._view.readers,
            reads=[read_line(read, now) for read in self._reads.reads(name)],
            test_left_s=int(self._reads.test_left_ms(name) / 1000),
            inputs=input_lines(driver),
            outputs=outputs(driver),
            has_picture=has_picture(driver),
        )

    async def _picture(self, request: Request, _: Session) -> Response:
        driver = self._driver(request)
        picture = None if driver is None else picture_of(driver)
        if picture is None:
            return Response(status_code=204)
        body = msgspec.json.encode(seen(picture, self._view.now()))
        return Response(body, media_type="application/json")

    # -- tests -------------------------------------------------------------------------------

    async def _test_reads(self, request: Request, session: Session, form: Form) -> Response:
        driver = self._driver(request)
        if driver is None or driver.device_id not in self._view.readers:
            return self._no_such(request, session)
        name = driver.device_id
        if form.get("act") == "begin":
            self._reads.begin_test(name)
            _log.warning("a reader is under test: it opens nothing", reader=name, who=session.who)
        else:
            self._reads.end_test(name)
        return RedirectResponse(f"/devices/{name}", _SEE_OTHER)

    async def _ask_output(self, request: Request, session: Session) -> Response:
        return self._output_page(request, session, result=None)

    async def _try_output(self, request: Request, session: Session, form: Form) -> Response:
        driver, output = self._driver(request), request.path_params["output"]
        if driver is None or output not in outputs(driver):
            return self._no_such(request, session)
        if form.get("is_clear") != "yes":
            return self._output_page(request, session, result=None, is_unconfirmed=True)
        command = PulseOutput(
            command_id=CommandId(f"console-{secrets.token_hex(6)}"),
            output=output,
            deadline=self._view.now().plus_ms(TRY_WITHIN_MS),
            reason="wiring test",
            issued_by=session.who,
        )
        result = await self._test_output(driver.device_id, command)
        return self._output_page(request, session, result=result)

    def _output_page(
        self,
        request: Request,
        session: Session,
        *,
        result: ReleaseResult | None,
        is_unconfirmed: bool = False,
    ) -> Response:
        driver, output = self._driver(request), request.path_params["output"]
        if driver is None or output not in outputs(driver):
            return self._no_such(request, session)
        return self._templates.render(
            request,
            "output.html",
            session=session,
            device=driver.device_id,
            output=output,
            is_unconfirmed=is_unconfirmed,
            outcome=None if result is None else OUTCOMES[result.outcome],
            is_done=result is not None
            and result.outcome in {ReleaseOutcome.CONFIRMED, ReleaseOutcome.ACCEPTED},
            detail="" if result is None else result.detail,
        )

    # -- what the address names --------------------------------------------------------------

    def _driver(self, request: Request) -> Driver | None:
        return self._view.drivers.get(DeviceId(request.path_params["device"]))

    def _no_such(self, request: Request, session: Session) -> Response:
        return self._templates.render(request, "not_found.html", _NOT_FOUND, session=session)
