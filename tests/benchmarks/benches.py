"""BENCHES: the table of what is measured. A bench exists once it is listed here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.benchmarks import (
    agent,
    decision,
    decoder,
    hardware_camera,
    hardware_doors,
    hardware_line,
    hardware_mqtt,
    hardware_osdp,
    hardware_whole_way,
    ingest,
    pages,
    passes,
)
from tests.benchmarks.figure import Figure


@dataclass(frozen=True, slots=True)
class Bench:
    """One measurement that gives the figures named `ids`, in this order."""

    what: str
    """For the progress line."""
    measure: Callable[[], Iterator[Figure]]
    ids: tuple[str, ...]

    def is_wanted(self, only: str) -> bool:
        """Whether `only`, a prefix of figure ids, asks for any of these figures."""
        return any(id_.startswith(only) for id_ in self.ids)


BENCHES: Final[tuple[Bench, ...]] = (
    Bench("verification of a pass", passes.verification, ("gate.pass.verify", "gate.pass.read")),
    Bench(
        "size of a pass",
        passes.size,
        ("gate.pass.characters", "gate.pass.qr_version", "gate.pass.printed_qr_version"),
    ),
    Bench(
        "decoder on empty frames",
        decoder.empty_frames,
        ("gate.decoder.stage_1", "gate.decoder.stage_1_vs_pyzbar"),
    ),
    Bench(
        "decoder on hostile frames",
        decoder.hostile,
        ("gate.decoder.hostile", "gate.decoder.hostile_reads"),
    ),
    Bench(
        "decoder on the simulated gate",
        decoder.gate_set,
        ("gate.decoder.within_8", "gate.decoder.per_frame", "gate.decoder.wrong"),
    ),
    Bench(
        "edge-agent decode on our own pictures",
        decoder.own_images,
        ("gate.decoder.own_images", "gate.decoder.own_false"),
    ),
    Bench(
        "edge-agent decode on public photographs",
        decoder.samples,
        ("gate.decoder.samples", "gate.decoder.samples_false"),
    ),
    Bench(
        "decisions with a row on disk",
        decision.durable_decision,
        ("gate.decision.p99", "gate.decision.median"),
    ),
    Bench(
        "the edge agent as a process",
        agent.agent,
        ("gate.agent.start", "gate.agent.memory", "gate.agent.memory_with_camera"),
    ),
    Bench("batches over HTTP", ingest.batches_over_http, ("gate.ingest.batch_500",)),
    Bench(
        "pages in a browser",
        pages.in_a_browser,
        (
            "gate.page.first_size",
            "gate.page.rendered",
            "gate.page.foreign",
            "gate.page.errors",
            "gate.page.axe",
        ),
    ),
    Bench(
        "orders to a turnstile behind Modbus",
        hardware_doors.orders,
        (
            "hardware.door.order_9600",
            "hardware.door.order_9600_any",
            "hardware.door.order_9600_p95",
            "hardware.door.order_115200",
            "hardware.door.order_115200_any",
            "hardware.door.order_115200_p95",
        ),
    ),
    Bench(
        "inputs of a turnstile behind Modbus",
        hardware_doors.inputs,
        ("hardware.door.input_9600", "hardware.door.input_115200"),
    ),
    Bench(
        "codes on a scanner's line",
        hardware_line.codes,
        (
            "hardware.line.qr_9600",
            "hardware.line.qr_9600_p95",
            "hardware.line.qr_115200",
            "hardware.line.qr_115200_p95",
            "hardware.line.qr_event",
        ),
    ),
    Bench(
        "messages through an MQTT broker",
        hardware_mqtt.publish,
        ("hardware.mqtt.publish", "hardware.mqtt.publish_median", "hardware.mqtt.order"),
    ),
    Bench(
        "the whole way from a code to the relay",
        hardware_whole_way.whole_way,
        ("hardware.whole_way.median", "hardware.whole_way.p99"),
    ),
    Bench(
        "cards on an OSDP line",
        hardware_osdp.cards,
        (
            "hardware.osdp.card_115200_p50",
            "hardware.osdp.card_115200_p95",
            "hardware.osdp.card_9600_p50",
            "hardware.osdp.card_9600_p95",
        ),
    ),
    Bench(
        "orders to an OSDP output",
        hardware_osdp.orders,
        ("hardware.osdp.order_115200", "hardware.osdp.order_9600"),
    ),
    Bench(
        "an OSDP line that fails, libosdp beside it",
        hardware_osdp.recovery,
        ("hardware.osdp.one_bad_frame", "hardware.osdp.cable_back"),
    ),
    Bench(
        "eight OSDP readers, one missing",
        hardware_osdp.missing,
        ("hardware.osdp.one_missing",),
    ),
    Bench(
        "two cameras' decoding threads",
        hardware_camera.two_threads,
        ("hardware.camera.two_threads",),
    ),
)
