"""A visitor's phone without a browser: makes the chain and the codes as the pass page does."""

import asyncio
import base64
import random
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access_core.passes.pass_token import PassFlaw, parse, render
from access_core.passes.rotation import REVEAL_BYTES, STEP_S, Reveal, make_chain, step_at
from access_core.passes.signing import sign
from device_drivers.system_clock import SystemClock
from simulators.cast import Code
from simulators.patience import until
from simulators.people import phone_number
from simulators.qr_camera import phone_with_text
from simulators.run_folder import MAIN_GATE, NORTH_GATE
from simulators.scenario import Visitor
from simulators.web_person import Page, PageProblem, Typed, WebPerson

PASS_S = 20.0
"""An approved visit's page must have become the pass within this time, slow machine included."""
_DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class PhonePass:
    """What the phone holds of one pass."""

    signed_part: bytes
    chain: list[bytes]
    not_before_s: int

    def text_at(self, now_s: int) -> str:
        """The code shown at `now_s` (seconds since 1970 UTC); the nearest one outside its time."""
        step = min(max(step_at(self.not_before_s, now_s), 1), len(self.chain) - 1)
        return render(self.signed_part, Reveal(step, self.chain[step]))


class PlainPhone:
    """Implements `cast.Phone` with plain requests."""

    def __init__(self, person: WebPerson, *, host_name: str, seed: str) -> None:
        """`person` is the phone's browser; `host_name` is who is visited."""
        self._person = person
        self._host_name = host_name
        self._rng = random.Random(seed)
        self._clock = SystemClock()
        self._status_url = ""
        self._pass: PhonePass | None = None

    async def book(self, visitor: Visitor, full_name: str) -> None:
        """Fill in the booking page; returns when the status page stands there."""
        page = await self._person.visit("/visit")
        form = page.form("/visit")
        typed = booking(page, visitor, full_name, self._host_name, self._rng)
        answer = await self._person.send(page, form, typed)
        self._status_url = answer.url

    async def open_pass(self) -> None:
        """Wait until the status page has become the pass, and have the chain's anchor signed."""
        await until(self._is_pass_there, "the status page did not become a pass", limit_s=PASS_S)
        page = await self._person.visit(self._status_url)
        self._pass = await take_pass(self._person, page, self._rng)

    async def code(self) -> Code:
        """What it shows now; needs no network."""
        if self._pass is None:
            raise PageProblem("the phone has no pass yet")
        text = self._pass.text_at(self._clock.now().wall_s)
        return Code(text, await asyncio.to_thread(phone_with_text, text))

    async def _is_pass_there(self) -> bool:
        return (await self._person.visit(self._status_url)).find("data-pass") is not None


def booking(
    page: Page, visitor: Visitor, full_name: str, host_name: str, rng: random.Random
) -> Typed:
    """What `visitor` types into the booking form on `page`, beside what is preset."""
    return {
        "host_name": host_name,
        "purpose": "meeting",
        "gate": gate_of(visitor),
        "until": until_of(visitor, page.form("/visit").fields["from"]),
        "name": full_name,
        "phone": phone_number(rng),
        "consent": _offered_value(page, "consent"),
    }


def gate_of(visitor: Visitor) -> str:
    """The gate that `visitor` books."""
    return MAIN_GATE if visitor.area == "main" else NORTH_GATE


def until_of(visitor: Visitor, begins: str) -> str:
    """When the visit that begins at `begins` (local HH:MM) ends, in the same form."""
    hours, minutes = begins.split(":")
    end_min = (int(hours) * 60 + int(minutes) + visitor.stay_min) % _DAY_MIN
    return f"{end_min // 60:02d}:{end_min % 60:02d}"


def _offered_value(page: Page, name: str) -> str:
    """The value that ticking the box `name` would send."""
    for element in page.elements:
        if element.attributes.get("name") == name:
            return element.attributes.get("value", "on")
    raise PageProblem(f"{page.url}: has no box {name!r}")


async def take_pass(person: WebPerson, page: Page, rng: random.Random) -> PhonePass:
    """Make the chain for the pass on `page` and have its anchor signed."""
    data = page.find("data-pass")
    if data is None:
        raise PageProblem(f"{page.url}: shows no pass: {page.text:.300}")
    chain = _chain(data, rng)
    answer = await person.post_json(
        data["data-anchor-url"],
        {"pass_id": data["data-pass-id"], "anchor": base64.b64encode(chain[0]).decode()},
    )
    return PhonePass(base64.b64decode(answer["signed"]), chain, int(data["data-not-before-s"]))


def forged(text: str, rng: random.Random) -> str:
    """The pass in `text` with every claim kept and signed with a key of one's own."""
    signed = parse(text.encode())
    if isinstance(signed, PassFlaw):
        raise PageProblem(f"what the phone shows is not a pass: {signed}")
    own_key = Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
    return render(sign(signed.claims, signed.kid, own_key), signed.reveal)


def _chain(data: Mapping[str, str], rng: random.Random) -> list[bytes]:
    begins_s, ends_s = int(data["data-not-before-s"]), int(data["data-not-after-s"])
    length = -(-(ends_s - begins_s) // STEP_S)
    pass_id = base64.b64decode(data["data-pass-id"])
    return make_chain(pass_id, rng.randbytes(REVEAL_BYTES), length)
