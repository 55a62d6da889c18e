"""Messages of a lane controller <-> JSON. No I/O; `docs/mqtt_lane.md` is the contract.

What a device sends is bounded and checked here, field by field; fields that are not known are
passed over, so that a newer device still works. Times of a device are its own: milliseconds since
it started (`uptime_ms`), within one start (`boot`).
"""

from typing import Annotated, Final, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

from access_core.devices.commands import Signal
from access_core.devices.events import Direction, Medium
from access_core.errors import MalformedMessage

MAX_BYTES: Final = 4096
"""Longest message taken, bytes. A credential of 512 bytes, each escaped, has 3,072."""
MAX_PAYLOAD: Final = 512
"""Longest credential, bytes."""
MAX_WORDS: Final = 200
"""Longest remark, of a device and about it, characters."""
MAX_POINTS: Final = 32
"""Most inputs or outputs of one lane."""

Name: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Words: TypeAlias = Annotated[str, Meta(max_length=MAX_WORDS)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
"""Also milliseconds: every JSON reader holds integers up to here exactly."""
Points: TypeAlias = Annotated[dict[Name, bool], Meta(max_length=MAX_POINTS)]
Outputs: TypeAlias = Annotated[list[Name], Meta(max_length=MAX_POINTS)]


class Counts(Struct, frozen=True):
    """Passages since the controller started, each way."""

    entry: Count
    exit: Count


# -- device -> edge, topic `state` -----------------------------------------------------------


class State(Struct, frozen=True):
    """The controller has come, or (by its last will) gone."""

    state: Literal["online", "offline"]


# -- device -> edge, topic `event` -----------------------------------------------------------


class Credential(Struct, frozen=True, tag_field="kind", tag="credential"):
    """Somebody held up a credential at one of the readers."""

    boot: Name
    sequence: Count
    uptime_ms: Count
    reader: Name
    medium: Medium
    payload: Annotated[str, Meta(min_length=1, max_length=MAX_PAYLOAD)]

    def as_bytes(self) -> bytes:
        """The payload as the gate takes it."""
        return self.payload.encode()


class PassageBegun(Struct, frozen=True, tag_field="kind", tag="passage_started"):
    """Somebody is on the way through."""

    boot: Name
    sequence: Count
    uptime_ms: Count
    direction: Direction


class PassageEnded(Struct, frozen=True, tag_field="kind", tag="passage"):
    """Somebody has gone through; the counters say how many by now."""

    boot: Name
    sequence: Count
    uptime_ms: Count
    counts: Counts


class PassageGivenUp(Struct, frozen=True, tag_field="kind", tag="passage_reversed"):
    """Somebody stepped back."""

    boot: Name
    sequence: Count
    uptime_ms: Count
    direction: Direction


class InputsChanged(Struct, frozen=True, tag_field="kind", tag="inputs"):
    """At least one input has changed; all are given."""

    boot: Name
    sequence: Count
    uptime_ms: Count
    inputs: Points


class ButtonPressed(Struct, frozen=True, tag_field="kind", tag="button"):
    """The exit button was pressed, or the reset key turned."""

    boot: Name
    sequence: Count
    uptime_ms: Count
    button: Literal["exit", "reset"]


LaneEvent: TypeAlias = (
    Credential | PassageBegun | PassageEnded | PassageGivenUp | InputsChanged | ButtonPressed
)


# -- device -> edge, topic `answer` ----------------------------------------------------------


class Report(Struct, frozen=True, tag_field="kind", tag="report"):
    """How the controller is now: the answer to `ask`."""

    id: Id
    boot: Name
    link: Count
    """How often it has come to the broker since that start."""
    uptime_ms: Count
    inputs: Points
    counts: Counts
    outputs: Outputs = []


class Result(Struct, frozen=True, tag_field="kind", tag="result"):
    """What became of a command."""

    id: Id
    outcome: Literal["confirmed", "accepted", "refused", "expired"]
    detail: Words = ""


LaneAnswer: TypeAlias = Report | Result


# -- edge -> device, topic `command` ---------------------------------------------------------


class Ask(Struct, frozen=True, tag_field="kind", tag="ask"):
    """Say how you are."""

    id: str


class Terms(Struct, frozen=True, kw_only=True):
    """On what terms an order is given; one that comes late or twice is answered and not done."""

    id: str
    boot: str
    link: int
    """An order for an earlier connection to the broker is not done in a later one."""
    not_after_ms: int
    """By the controller's own `uptime_ms`, in this very `boot`."""
    reason: str
    issued_by: str


class Release(Struct, frozen=True, tag_field="kind", tag="release"):
    """Let one person through; the lane's own timer ends it."""

    terms: Terms
    direction: Direction


class Secure(Struct, frozen=True, tag_field="kind", tag="secure"):
    """Lock both directions."""

    terms: Terms


class Free(Struct, frozen=True, tag_field="kind", tag="free"):
    """Free both directions until secured."""

    terms: Terms


class Pulse(Struct, frozen=True, tag_field="kind", tag="pulse"):
    """Switch one output for a moment: the wiring test."""

    terms: Terms
    output: str


LaneOrder: TypeAlias = Release | Secure | Free | Pulse


LaneCommand: TypeAlias = Ask | LaneOrder


# -- edge -> device, topic `feedback` --------------------------------------------------------


class Feedback(Struct, frozen=True, kw_only=True):
    """Tell the person at one reader: light, sound and text, whatever it has."""

    reader: str
    signal: Signal
    direction: Direction
    text_zh: str
    text_en: str
    show_ms: int


SentT = TypeVar("SentT")

_STATE: Final = msgspec.json.Decoder(State)
_EVENT: Final[msgspec.json.Decoder[LaneEvent]] = msgspec.json.Decoder(LaneEvent)
_ANSWER: Final[msgspec.json.Decoder[LaneAnswer]] = msgspec.json.Decoder(LaneAnswer)
_ENCODER: Final = msgspec.json.Encoder()


def read_state(data: bytes) -> State:
    """A message of the topic `state`; MalformedMessage if it is none."""
    return _read(_STATE, data)


def read_event(data: bytes) -> LaneEvent:
    """A message of the topic `event`; MalformedMessage if it is none."""
    event: LaneEvent = _read(_EVENT, data)
    if isinstance(event, Credential) and len(event.as_bytes()) > MAX_PAYLOAD:
        raise MalformedMessage(f"a credential has more than {MAX_PAYLOAD} bytes")
    return event


def read_answer(data: bytes) -> LaneAnswer:
    """A message of the topic `answer`; MalformedMessage if it is none."""
    answer: LaneAnswer = _read(_ANSWER, data)
    return answer


def encode(message: LaneCommand | Feedback) -> bytes:
    """What is sent to a device."""
    return _ENCODER.encode(message)


def schemas() -> dict[str, object]:
    """JSON Schema of what goes over each topic."""
    topics = {
        "state": State,
        "event": LaneEvent,
        "answer": LaneAnswer,
        "command": LaneCommand,
        "feedback": Feedback,
    }
    of_topics, parts = msgspec.json.schema_components(topics.values())
    return {"topics": dict(zip(topics, of_topics, strict=True)), "$defs": parts}


def _read(decoder: msgspec.json.Decoder[SentT], data: bytes) -> SentT:
    if len(data) > MAX_BYTES:
        raise MalformedMessage(f"{len(data)} bytes; at most {MAX_BYTES} are taken")
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # The library names field and type; of values only a wrong choice, which is cut short.
        raise MalformedMessage(str(error)[:MAX_WORDS]) from None
