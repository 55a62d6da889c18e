"""One peripheral as its panel knows it: keys, the window for installing, orders, states."""

from device_drivers.osdp_bus.handshake import Installing
from device_drivers.osdp_bus.messages import Code, OutputControl, Reply, Switch, output_data
from device_drivers.osdp_bus.reports import (
    CameOnline,
    InputsTold,
    InstallChanged,
    InstallStep,
    KeysPressed,
    Order,
    OrderAnswered,
    OrderOutcome,
    OutputsTold,
    StatusTold,
    WasUntrusted,
)
from simulators.osdp_peripheral import OsdpPeripheral
from tests.device_drivers.osdp_bus.virtual_line import KEY, OTHER_KEY, VirtualLine, online, swallow

WINDOW_MS = 60_000


def installing(line: VirtualLine, key: bytes = KEY) -> None:
    """Somebody at the box opens the window."""
    peripheral = line.known(5)
    peripheral.installing = Installing(key, line.now.plus_ms(WINDOW_MS))
    peripheral.hurry(line.now)


def steps(line: VirtualLine) -> list[InstallStep]:
    """How installing ended."""
    return [told.step for told in line.of(InstallChanged) if isinstance(told, InstallChanged)]


def test_without_a_key_nothing_is_sent() -> None:
    """A peripheral that nobody installed is not even challenged."""
    line = VirtualLine(OsdpPeripheral(5))
    line.run(10_000)
    assert line.sent == []


def test_a_new_reader_is_given_its_key_in_the_window() -> None:
    """Under the default key it takes the new one, proves it, and comes online with it."""
    line = VirtualLine(reader := OsdpPeripheral(5))
    installing(line)
    line.run(3_000)
    assert reader.key == KEY
    assert steps(line) == [InstallStep.DONE]
    assert line.known(5).is_online
    assert line.known(5).installing is None


def test_a_reader_that_has_the_key_is_not_keyed_again() -> None:
    """The window closes with that word, and no KEYSET was sent."""
    line = VirtualLine(OsdpPeripheral(5, KEY))
    line.known(5).set_key(KEY, line.now)
    installing(line)
    line.run(3_000)
    assert steps(line) == [InstallStep.HAS_KEY]


def test_the_window_closes_by_itself() -> None:
    """A reader with a third key is not let in, and after the time none would be."""
    line = VirtualLine(reader := OsdpPeripheral(5, OTHER_KEY))
    line.known(5).set_key(KEY, line.now)
    installing(line)
    line.run(WINDOW_MS + 10)
    assert steps(line) == [InstallStep.CLOSED]
    assert reader.key == OTHER_KEY
    reader.key, reader.is_installable = None, True
    reader.power_cycle()
    line.run(WINDOW_MS)
    assert reader.key is None
    assert not line.of(CameOnline)


def test_outside_the_window_nobody_is_keyed() -> None:
    """A reader with the default key stays without; that is an alarm."""
    line = VirtualLine(reader := OsdpPeripheral(5))
    line.give_keys()
    line.run(30_000)
    assert reader.key is None
    assert line.of(WasUntrusted)


def test_another_key_is_tried_at_once() -> None:
    """A new key file settles the doubt; the same one does not."""
    line = VirtualLine(OsdpPeripheral(5, KEY))
    line.give_keys(OTHER_KEY)
    line.run(20_000)
    assert line.known(5).is_doubted
    line.give_keys(KEY)
    assert line.run(2_000, lambda: line.known(5).is_online) < 500


def test_what_it_can_do_and_how_it_stands_is_known_when_it_is_online() -> None:
    """Identity, abilities, housing, inputs, outputs: asked inside the session."""
    line, _ = online(5)
    line.run(100)
    known = line.known(5).known
    assert known.identity.serial == 4711
    assert {type(report) for report in line.of(StatusTold, InputsTold, OutputsTold)} == {
        StatusTold,
        InputsTold,
        OutputsTold,
    }


def test_an_order_that_may_have_been_done_says_unknown() -> None:
    """Sent, and no answer: nobody can know; it is not sent again in the next session."""
    line, (reader,) = online(5)
    line.run(100)
    line.spoil_answer = swallow
    line.take(line.panel.order(5, an_order(line), line.now))
    line.run(3_000)
    line.spoil_answer = lambda data: data
    line.run(3_000)
    (answer,) = line.of(OrderAnswered)
    assert isinstance(answer, OrderAnswered)
    assert answer.outcome is OrderOutcome.UNKNOWN
    assert reader.outputs[0].pulses == 1


def test_an_order_that_may_be_repeated_is_sent_in_the_next_session() -> None:
    """A light that was lost with the session is shown after it."""
    line, (reader,) = online(5)
    line.run(100)
    reader.power_cycle()
    order = Order(
        number=1,
        code=Code.LED,
        data=bytes(14),
        not_after=line.now.plus_ms(2_000),
        may_repeat=True,
    )
    line.take(line.panel.order(5, order, line.now))
    line.run(1_500)
    (answer,) = line.of(OrderAnswered)
    assert isinstance(answer, OrderAnswered)
    assert answer.outcome is OrderOutcome.TAKEN
    assert reader.shown.lights == [bytes(14)]


def test_an_answer_that_cannot_be_read_is_no_event_and_no_end() -> None:
    """A card of 26 bits in one byte: passed over, the session goes on."""
    line, (reader,) = online(5)
    reader.queue(bytes([Reply.RAW, 0, 1, 26, 0, 0xFF]))
    reader.queue(bytes([Reply.KEYPAD, 0, 1]) + b"7")
    line.run(500)
    (keys,) = line.of(KeysPressed)
    assert isinstance(keys, KeysPressed)
    assert keys.keys == b"7"
    assert len(line.of(CameOnline)) == 1


def an_order(line: VirtualLine) -> Order:
    """Output 0 on for a second, once."""
    return Order(
        number=1,
        code=Code.OUT,
        data=output_data(Switch(0, OutputControl.ON_FOR, 1_000)),
        not_after=line.now.plus_ms(1_000),
    )
