"""Becoming known to the centre."""

from pathlib import Path

import pytest

from access_core.errors import MalformedMessage
from device_drivers.system_clock import SystemClock
from edge_agent.link.enrolment import PATH, enrol
from edge_agent.link.identity import load_identity
from edge_agent.link.transport import CentreRefused, Transport
from tests.builders import EDGE
from tests.small_centre import CODE, Answer, small_centre


async def test_a_code_makes_an_identity(tmp_path: Path) -> None:
    """The edge sends its own public key; what the centre answers is kept."""
    async with small_centre() as centre:
        transport = Transport(centre.url, SystemClock(), signer=None)
        response = await enrol(transport, tmp_path, CODE)
        await transport.close()
    assert response.edge_id == EDGE
    identity = load_identity(tmp_path)
    assert identity is not None
    assert identity.edge_id == EDGE


async def test_a_wrong_code_keeps_nothing_but_the_key(tmp_path: Path) -> None:
    """A refusal is said; the key stays for the next attempt, the enrolment does not exist."""
    async with small_centre() as centre:
        transport = Transport(centre.url, SystemClock(), signer=None)
        with pytest.raises(CentreRefused, match="wrong_code"):
            await enrol(transport, tmp_path, "guess")
        centre.laid_out[PATH].append(Answer(status=204))
        with pytest.raises(MalformedMessage, match="no answer"):
            await enrol(transport, tmp_path, CODE)
        await transport.close()
    assert load_identity(tmp_path) is None
    assert not (tmp_path / "enrolment.json").exists()
