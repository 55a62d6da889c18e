"""The technician's pages."""

from pathlib import Path

import pytest

from access_core.devices.commands import ReleaseOutcome
from access_core.devices.events import CredentialPresented, Medium, Origin
from edge_agent.console.pages import OUTCOMES, TRY_WITHIN_MS
from tests.edge_agent.console.a_console import CAMERA, DOOR, Desk, a_desk

OUTPUT = "/devices/turnstile/outputs/release in"


def held_up(desk: Desk, payload: bytes) -> bool:
    """`payload` before the camera; whether the gate hears of it."""
    origin = Origin(device=CAMERA, epoch=1, sequence=1, at=desk.clock.now())
    read = CredentialPresented(origin=origin, medium=Medium.QR, payload=payload)
    return desk.console.reads.is_for_gate(read)


async def test_the_gate_at_a_glance_in_both_languages(tmp_path: Path) -> None:
    """Lane, devices with their state in words, and the checklist with what to do."""
    async with a_desk(tmp_path) as desk:
        await desk.sign_in()
        zh, en = await desk.page("/?lang=zh"), await desk.page("/?lang=en")
        assert all(words in zh for words in ("通道现在显示", "正常", "检查清单", "设置"))
        assert all(words in en for words in ("The lane shows now", "ready", "Checklist", "Link"))
        assert "Check cable, `centre.url`" in en
        assert "Check cable" in await desk.page("/live")


async def test_a_device_shows_wiring_and_counters(tmp_path: Path) -> None:
    """Inputs with their state in words, outputs to try; a device without any shows none."""
    async with a_desk(tmp_path) as desk:
        await desk.sign_in()
        door = await desk.page("/devices/turnstile?lang=en")
        assert all(words in door for words in ("passage in", "not active", "not read yet"))
        assert "release out" in door
        assert "Present a card" not in door
        camera = await desk.page("/devices/camera-in")
        assert "Inputs" not in camera
        assert "Nothing read yet" in camera


async def test_an_output_is_tried_after_a_confirmation(tmp_path: Path) -> None:
    """Unconfirmed it is not; confirmed it goes through the gate, with deadline and issuer."""
    async with a_desk(tmp_path) as desk:
        await desk.sign_in()
        unconfirmed = await desk.send_own(OUTPUT + "?lang=en", OUTPUT)
        assert "First confirm that nobody is in the lane" in unconfirmed.text
        assert desk.tested == []
        answer = await desk.send_own(OUTPUT, OUTPUT, is_clear="yes")
        assert "Switched; the device confirms it" in answer.text
        ((device, command),) = desk.tested
        assert (device, command.output, command.issued_by) == (DOOR, "release in", "console 1")
        assert 0 < command.deadline.ms_since(desk.clock.now()) <= TRY_WITHIN_MS


@pytest.mark.parametrize("outcome", ReleaseOutcome)
async def test_every_outcome_of_a_test_has_its_words(
    tmp_path: Path, outcome: ReleaseOutcome
) -> None:
    """Refused and unknown are not shown as done."""
    async with a_desk(tmp_path) as desk:
        await desk.sign_in()
        desk.outcome = outcome
        page = (await desk.send_own(OUTPUT, OUTPUT, is_clear="yes")).text
        assert OUTCOMES[outcome].zh in page
        is_done = outcome in {ReleaseOutcome.CONFIRMED, ReleaseOutcome.ACCEPTED}
        assert ("note ok" in page) is is_done


async def test_a_card_is_presented_without_opening(tmp_path: Path) -> None:
    """Between begin and end the gate hears nothing; the page shows the kind and no content."""
    async with a_desk(tmp_path) as desk:
        await desk.sign_in()
        assert held_up(desk, b"CP1:SECRETBEFORE")
        await desk.send_own("/devices/camera-in", "/devices/camera-in/reads", act="begin")
        assert not held_up(desk, b"CP1:SECRETDURING")
        live = await desk.page("/devices/camera-in/live?lang=en")
        assert "test: kept from the gate" in live
        assert "SECRET" not in live
        await desk.send_own("/devices/camera-in", "/devices/camera-in/reads", act="end")
        assert held_up(desk, b"CP1:SECRETAFTER")


async def test_the_picture_comes_with_what_the_decoder_saw(tmp_path: Path) -> None:
    """One answer with picture, outlines and words; none before the first picture."""
    async with a_desk(tmp_path) as desk:
        await desk.sign_in()
        seen = (await desk.browser.get("/devices/camera-in/picture")).json()
        assert seen["picture"].startswith("data:image/jpeg;base64,")
        assert seen["codes"] == [{"points": "10,10 90,10 90,90 10,90", "outcome": "read"}]
        desk.camera.jpeg = None
        assert (await desk.browser.get("/devices/camera-in/picture")).status_code == 204
        assert (await desk.browser.get("/devices/turnstile/picture")).status_code == 204


@pytest.mark.parametrize(
    "path", ["/devices/none", "/devices/turnstile/outputs/none", "/devices/none/outputs/x"]
)
async def test_what_is_not_there_is_said(tmp_path: Path, path: str) -> None:
    """A page with the way back; a form to it does nothing."""
    async with a_desk(tmp_path) as desk:
        await desk.sign_in()
        assert (await desk.browser.get(path)).status_code == 404
        if "outputs" in path:
            assert (await desk.send_own("/", path, is_clear="yes")).status_code == 404
        answer = await desk.send_own("/", "/devices/turnstile/reads", act="begin")
        assert answer.status_code == 404
        assert desk.tested == []
