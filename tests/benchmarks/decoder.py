"""The camera's decoder against a plain OpenCV pass and against zbar."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

import cv2
import numpy as np
from pyzbar import pyzbar

from device_drivers.qr_camera.decoder import QrDecoder
from device_drivers.qr_camera.steps import FRAME_STEPS, read_plain
from device_drivers.qr_camera.zbar_process import ZbarProcess
from device_drivers.system_clock import SystemClock
from simulators.gate_views import gate_views
from simulators.qr_camera import Grey, empty_frame
from tests.benchmarks.figure import (
    Figure,
    Target,
    at_least,
    at_most,
    times_at_least,
    times_at_most,
)
from tests.benchmarks.interleave import interleaved_us
from tests.device_drivers.qr_camera.pictures import hostile_frames

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = Path(
    os.environ.get("CAMPUS_QR_SAMPLES", ROOT.parent / "shared" / "data" / "qr-samples")
)
_EDGE_AGENT: Final = Path(sys.executable).with_name("edge-agent")
_SEED: Final = 20_261_123
_VIEWS: Final = 6
"""Views of each of the 15 conditions."""
_TURNS: Final = len(FRAME_STEPS) + 1
"""Whole-frame rescues that take turns: those of the table, and zbar."""
_HELD: Final = 8
"""Frames that a phone is held before the camera."""


def empty_frames() -> Iterator[Figure]:
    """What it costs to look at nobody: the common case, all day."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(_SEED)
    stage, zbar, threshold = [], [], []
    for frame in (empty_frame(rng) for _ in range(12)):
        times = interleaved_us(
            {
                "stage 1": partial(read_plain, frame),
                "threshold": partial(_adaptive_threshold, frame),
                "pyzbar": partial(pyzbar.decode, frame),
            },
            rounds=12,
        )
        stage += times["stage 1"]
        threshold += times["threshold"]
        zbar += times["pyzbar"]
    value = median(stage) / 1000
    yield Figure(
        id="gate.decoder.stage_1",
        what="first stage on an empty 720p frame vs one cv2.adaptiveThreshold pass (mean, 25)",
        value=value,
        unit="ms",
        reference=median(threshold) / 1000,
        target=times_at_most(1.6),
    )
    yield Figure(
        id="gate.decoder.stage_1_vs_pyzbar",
        what="first stage on an empty 720p frame vs one pyzbar call",
        value=value,
        unit="ms",
        reference=median(zbar) / 1000,
        target=times_at_most(0.1),
    )


def hostile() -> Iterator[Figure]:
    """The longest that any frame printed to waste time takes, whichever rescue has its turn.

    Each frame is looked at in every turn, five rounds; of a turn the median counts, so that
    another program's burst is not taken for the decoder's.
    """
    clock = SystemClock()
    slowest_ms, name_of_slowest, reads = 0.0, "", 0
    with ZbarProcess(clock) as zbar:
        zbar.wait_until_ready(2_000)
        for name, frame in hostile_frames().items():
            decoder = QrDecoder(clock, zbar=zbar)
            rounds = [[decoder.decode(frame) for _ in range(_TURNS)] for _ in range(5)]
            reads += sum(len(result.payloads) for results in rounds for result in results)
            for turn in zip(*rounds, strict=True):
                usual_ms = median(result.elapsed_ms for result in turn)
                if usual_ms > slowest_ms:
                    slowest_ms, name_of_slowest = usual_ms, name
    yield Figure(
        id="gate.decoder.hostile",
        what="slowest hostile 720p frame, in any turn of the rescues; nothing raises",
        value=slowest_ms,
        unit="ms",
        target=at_most(120),
        note=name_of_slowest,
    )
    yield Figure(
        id="gate.decoder.hostile_reads",
        what="codes read in hostile frames, which hold none",
        value=reads,
        unit="reads",
        target=at_most(0),
    )


def gate_set() -> Iterator[Figure]:
    """Phones held before the gate in fifteen bad and good ways, eight frames each."""
    cv2.setNumThreads(1)
    clock, rng = SystemClock(), np.random.default_rng(_SEED)
    ours = theirs = views = within = wrong = 0
    with ZbarProcess(clock) as zbar:
        zbar.wait_until_ready(2_000)
        for seen in gate_views(_SEED, _VIEWS):
            decoder, text = QrDecoder(clock, zbar=zbar), seen.text.encode()
            frames = list(seen.frames(rng, _HELD))
            found = [decoder.decode(frame).payloads for frame in frames]
            views += 1
            within += any(text in payloads for payloads in found)
            ours += sum(text in payloads for payloads in found)
            wrong += sum(payload != text for payloads in found for payload in payloads)
            theirs += sum(text in _pyzbar(frame) for frame in frames)
    frames_seen = views * _HELD
    yield Figure(
        id="gate.decoder.within_8",
        what=f"simulated gate, phones read within {_HELD} frames",
        value=100 * within / views,
        unit="%",
        target=at_least(90),
        note=f"{views} phones, 15 conditions",
    )
    yield Figure(
        id="gate.decoder.per_frame",
        what="simulated gate, single frames read vs pyzbar on the same frames",
        value=100 * ours / frames_seen,
        unit="%",
        reference=100 * theirs / frames_seen,
        target=times_at_least(1.45),
    )
    yield Figure(
        id="gate.decoder.wrong",
        what="simulated gate, payloads read that nobody showed",
        value=wrong,
        unit="reads",
        target=at_most(0),
    )


def own_images() -> Iterator[Figure]:
    """`edge-agent decode` over picture files of our own making."""
    rng = np.random.default_rng(_SEED)
    with tempfile.TemporaryDirectory() as folder:
        texts: dict[str, str] = {}
        for number, seen in enumerate(gate_views(_SEED + 1, 3)):
            name = f"{number:03d}.png"
            texts[name] = seen.text
            cv2.imwrite(f"{folder}/{name}", next(seen.frames(rng, 1)))
        for number in range(10):
            texts[f"empty-{number}.png"] = ""
            cv2.imwrite(f"{folder}/empty-{number}.png", empty_frame(rng))
        read = _decode_command([Path(folder)])
    shown = [name for name, text in texts.items() if text]
    right = sum(read[name] == texts[name] for name in shown)
    yield Figure(
        id="gate.decoder.own_images",
        what="edge-agent decode, our own pictures read right",
        value=100 * right / len(shown),
        unit="%",
        target=at_least(90),
        note=f"{len(shown)} pictures, 15 conditions, one frame each",
    )
    yield Figure(
        id="gate.decoder.own_false",
        what="edge-agent decode, reads in our own pictures without a code",
        value=sum(bool(read[name]) for name, text in texts.items() if not text),
        unit="reads",
        target=at_most(0),
    )


def samples() -> Iterator[Figure]:
    """`edge-agent decode` over the public photographs, if they are at hand."""
    what = "edge-agent decode, public photographs qrcode-* read right"
    what_false = "edge-agent decode, reads in falsepositives-*"
    folders = sorted(SAMPLES.glob("qrcode-*"))
    if not folders:
        note = "the folder of samples is not here; CAMPUS_QR_SAMPLES names it"
        for id_, words, target in (
            ("gate.decoder.samples", what, at_least(94)),
            ("gate.decoder.samples_false", what_false, at_most(0)),
        ):
            yield _not_measured(id_, words, target, note)
        return
    read = _decode_command(folders)
    right = sum(_is_right(SAMPLES / name, text) for name, text in read.items())
    yield Figure(
        id="gate.decoder.samples",
        what=what,
        value=100 * right / len(read),
        unit="%",
        target=at_least(94),
        note=f"{len(read)} photographs",
    )
    false = _decode_command(sorted(SAMPLES.glob("falsepositives-*")))
    yield Figure(
        id="gate.decoder.samples_false",
        what=what_false,
        value=sum(bool(text) for text in false.values()),
        unit="reads",
        target=at_most(0),
        note=f"{len(false)} photographs",
    )


def _decode_command(paths: list[Path]) -> dict[str, str]:
    """What `edge-agent decode` prints: picture, by its last folder and name -> payloads."""
    lines = subprocess.run(
        [_EDGE_AGENT, "decode", *paths], check=False, stdout=subprocess.PIPE, text=True
    ).stdout.splitlines()
    read: dict[str, str] = {}
    for line in lines:
        path, payloads, _ = line.split("\t")
        is_sample = Path(path).is_relative_to(SAMPLES)
        read[str(Path(path).relative_to(SAMPLES)) if is_sample else Path(path).name] = payloads
    return read


def _is_right(picture: Path, printed: str) -> bool:
    """Whether the command printed what is stored beside the picture, escaped as it escapes.

    `01-03.png` is the third part of a text in several codes; the whole is `01.txt`.
    """
    whole = picture.with_stem(picture.stem.partition("-")[0]).with_suffix(".txt")
    stored = next(
        path
        for path in (picture.with_suffix(".txt"), picture.with_suffix(".bin"), whole)
        if path.exists()
    )
    text = _in_one_line(stored.read_bytes().decode("utf-8", "backslashreplace"))
    if stored == whole and picture.stem != whole.stem:
        return bool(printed) and printed in text
    return printed in {text, text.removesuffix("\\n")}


def _in_one_line(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _adaptive_threshold(frame: Grey) -> object:
    mean = cv2.ADAPTIVE_THRESH_MEAN_C
    return cv2.adaptiveThreshold(frame, 255, mean, cv2.THRESH_BINARY, 25, 0)


def _pyzbar(frame: Grey) -> list[bytes]:
    return [code.data for code in pyzbar.decode(frame)]


def _not_measured(id_: str, what: str, target: Target, note: str) -> Figure:
    return Figure(id=id_, what=what, value=None, unit="", target=target, note=note)
