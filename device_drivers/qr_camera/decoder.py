"""A grey frame -> the payloads of the QR codes in it, within a deadline.

    plain read (zxing-cpp) --read--> done
      | nothing read
    cut-outs of symbols seen but not decoded, else the busiest region: region steps
      | nothing read
    one whole-frame step, another one for each frame in turn

Between the steps the time is looked at: a step that would not end within the deadline is not
begun. How long the plain read took on this very frame tells how long the others will, so that a
sheet printed to waste time makes the chain shorter, not longer. OpenCV's own QR detectors are
never used: they take minutes on such a sheet.
"""

from collections.abc import Iterator

from access_core.clock import Clock
from device_drivers.qr_camera.codec import DecodeResult, as_result, handed_on
from device_drivers.qr_camera.steps import (
    FRAME_STEPS,
    REGION_STEPS,
    STEADY_STEPS,
    Grey,
    Step,
    busiest_region,
    fit,
    read_plain,
    zbar_step,
)
from device_drivers.qr_camera.zbar_process import ZbarProcess

MAX_REGIONS = 2
"""Most cut-outs looked at again in one frame."""

STEADY_TURNS = 3
"""Frames after which every steady step has had its turn."""

LONGEST_SIDE_PX = 1280
"""Larger frames are made smaller first: no step gains from more, all take longer."""


class QrDecoder:
    """The chain of decoding steps for a stream of frames; remembers whose turn it is.

    Not for two threads at once.
    """

    def __init__(
        self, clock: Clock, *, deadline_ms: int = 60, zbar: ZbarProcess | None = None
    ) -> None:
        """No step begins that would end later than `deadline_ms` after the frame came.

        Without `zbar` the chain works without that step; the caller closes it.
        """
        self._clock = clock
        self._deadline_ms = deadline_ms
        self._zbar = () if zbar is None else (zbar_step(zbar),)
        self._turn = 0

    def decode(self, frame: Grey) -> DecodeResult:
        """The payloads in `frame`, rows by columns, a byte a pixel. Never raises."""
        start = self._clock.now()
        stages = ["plain"]
        picture = fit(frame, LONGEST_SIDE_PX)
        found = read_plain(picture)
        plain_ms = self._clock.now().ms_since(start)
        symbols = found.symbols
        if not symbols:
            for step, part in self._rescues(picture, found.regions):
                if self._clock.now().ms_since(start) + step.cost * plain_ms > self._deadline_ms:
                    continue
                stages.append(step.name)
                symbols = step.read(part)
                if symbols:
                    break
        elapsed_ms = self._clock.now().ms_since(start)
        return as_result(handed_on(symbols), elapsed_ms, stages)

    def _rescues(self, picture: Grey, reported: list[Grey]) -> Iterator[tuple[Step, Grey]]:
        regions = reported[:MAX_REGIONS]
        if not regions:
            busiest = busiest_region(picture)
            regions = [] if busiest is None else [busiest]
        for step in (*REGION_STEPS, *self._zbar, *self._steady_steps()):
            for region in regions:
                yield step, region
        in_turn = (*FRAME_STEPS, *self._zbar)
        self._turn += 1
        yield in_turn[self._turn % len(in_turn)], picture

    def _steady_steps(self) -> tuple[Step, ...]:
        """A third of them: every third, so that their directions differ most."""
        return STEADY_STEPS[self._turn % STEADY_TURNS :: STEADY_TURNS]
