"""A real broker on a free port."""

import asyncio
from pathlib import Path

import pytest

from simulators.broker import BrokerRules, SimulatedBroker, is_installed
from simulators.processes import ProgramFailed


async def _answers(broker: SimulatedBroker) -> bool:
    try:
        _, writer = await asyncio.open_connection(broker.host, broker.port)
    except OSError:
        return False
    writer.close()
    return True


async def test_it_listens_while_it_is_there_and_keeps_its_port(tmp_path: Path) -> None:
    """Started, ended, killed: the port is answered or not, and stays the same."""
    assert is_installed()
    async with SimulatedBroker(tmp_path) as broker:
        port = broker.port
        assert await _answers(broker)
        for end in (broker.stop, broker.kill):
            await end()
            assert not await _answers(broker)
            await broker.start()
            assert (await _answers(broker), broker.port) == (True, port)
    assert not await _answers(broker)


async def test_a_configuration_that_is_none_is_told(tmp_path: Path) -> None:
    """The broker's own words are in the message."""
    with pytest.raises(ProgramFailed, match="no_such_option"):
        async with SimulatedBroker(tmp_path, BrokerRules(configuration="no_such_option 1")):
            pass


async def test_two_brokers_do_not_meet(tmp_path: Path) -> None:
    """Each has a port and a folder of its own."""
    async with SimulatedBroker(tmp_path / "a") as one, SimulatedBroker(tmp_path / "b") as two:
        assert one.port != two.port
