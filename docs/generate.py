"""Makes the reference pages from the code they describe: `make docs`.

A page made here says so in its second line and is never edited by hand; a test compares it with
the code. `generate.py --check` writes nothing and ends with 1 if a page is out of date.
"""

import ast
import dataclasses
import enum
import inspect
import itertools
import json
import re
import sys
import textwrap
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

import central_server.config
import edge_agent.config
from access_core.devices import commands as device_commands
from access_core.devices import events as device_events
from access_core.model.access_event import AccessEventKind
from access_core.policy.reason_texts import TEXTS
from access_core.policy.reasons import BEARER_MAY_NOT_KNOW, ReasonCode
from device_drivers.gpio_door.settings import GpioLine
from device_drivers.modbus_turnstile.profile import InputPoint
from device_drivers.mqtt_lane import codec as mqtt_lane_codec
from edge_agent.console.metrics import TABLE as METRICS
from edge_agent.gate import commands as gate_commands
from edge_agent.gate import door_table
from edge_agent.gate import events as gate_events

FOLDER = Path(__file__).resolve().parent
OURS = {"access_core", "device_drivers", "edge_agent", "central_server"}


def cell(text: str) -> str:
    """A text as it may stand in one cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def explanations(owner: type) -> dict[str, str]:
    """The string that follows each attribute of a class, which is where ours are explained."""
    found: dict[str, str] = {}
    for ancestor in reversed(owner.__mro__[:-1]):
        if ancestor.__module__.partition(".")[0] in OURS:
            found.update(_explained_in(ancestor))
    return found


def _explained_in(owner: type) -> Iterator[tuple[str, str]]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    body = typing.cast("ast.ClassDef", tree.body[0]).body
    for statement, after in itertools.pairwise(body):
        match statement, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, cell(text)
            case _:
                pass


# ------------------------------------------------------------------------------------ settings

INLINE = {GpioLine, InputPoint}
"""Models that a person writes as one value: `fire = { address = 6, active_low = true }`."""
STATED_DEFAULT = re.compile(r" Default [\w.]+\.$")
"""Has its own column here."""


def models_in(annotation: object) -> list[type[BaseModel]]:
    """The settings models that a key's type mentions, itself included, in order."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in models_in(part)]


def settings_in(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo, str]]:
    """(dotted key, field, explanation) of every key that a person may write, in order.

    A list of tables reads `name[]`; what a driver's own keys belong to stands in brackets.
    """
    explained = explanations(model)
    for name, field in model.model_fields.items():
        inner = [part for part in models_in(field.annotation) if part not in INLINE]
        many = "[]" if typing.get_origin(field.annotation) is tuple else ""
        for part in inner:
            kind = part.model_fields.get("kind")
            if name == "device" and kind is not None:
                below = f"{prefix.removesuffix('.')}({kind.default})."
            else:
                below = f"{prefix}{name}{many}."
            yield from settings_in(part, below)
        if not inner:
            meaning = first_sentence(model) if name == "kind" else explained.get(name, "")
            yield f"{prefix}{name}", field, STATED_DEFAULT.sub("", meaning)


def type_in_words(annotation: object) -> str:
    """What a value must be, for a person who writes TOML."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin in {types.UnionType, typing.Union}:
        return " or ".join(type_in_words(part) for part in parts if part is not types.NoneType)
    if origin is typing.Annotated:
        return type_in_words(parts[0])
    if origin in {tuple, list, frozenset, set}:
        return f"list of {type_in_words(parts[0])}"
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return ", ".join(f"`{member.value}`" for member in annotation)
    if annotation in INLINE:
        return "table"
    words = {str: "text", int: "whole number", float: "number", bool: "`true`, `false`"}
    return words.get(typing.cast("type", annotation), "path")


def limits_of(field: FieldInfo) -> str:
    """The bounds of a value, as `1 … 20`."""
    low = high = ""
    for bound in field.metadata:
        low = str(getattr(bound, "ge", low))
        high = str(getattr(bound, "le", high))
    return f", {low or '…'} … {high or '…'}" if low or high else ""


def default_of(field: FieldInfo) -> str:
    """What holds if the key is not written."""
    if field.is_required():
        return "**must be written**"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        pairs = [f"{name} = {in_toml(part)}" for name, part in value.model_dump().items()]
        return f"`{{ {', '.join(pairs)} }}`"
    return "none" if value in {None, "", (), frozenset()} else f"`{in_toml(value)}`"


def in_toml(value: object) -> str:
    """A value as written in the file, without the quotes round a text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings_page() -> str:
    """Every key of both programs."""
    lines = [
        "A program reads one TOML file, once, when it starts, and refuses unknown keys. Examples",
        "with every key: `deploy/edge/edge.example.toml` and",
        "`deploy/central/central.example.toml`. `edge-agent check-config` prints every value of",
        "an edge with where it comes from.",
    ]
    programs: list[tuple[str, type[BaseModel]]] = [
        ("Edge", edge_agent.config.EdgeSettings),
        ("Centre", central_server.config.Settings),
    ]
    for title, model in programs:
        lines += ["", f"## {title}", "", "| Key | Value | Default | Meaning |"]
        lines.append("| --- | --- | --- | --- |")
        for key, field, explained in settings_in(model):
            value = type_in_words(field.annotation) + limits_of(field)
            lines.append(f"| `{key}` | {cell(value)} | {cell(default_of(field))} | {explained} |")
    return page("Settings", "`edge_agent/config.py`, `central_server/config.py`", lines)


# ------------------------------------------------------------------------- reasons and events


def reasons_page() -> str:
    """Every reason, in words for the three who ask."""
    lines = [
        "A denial names every reason that applies, the deciding one first. The bearer reads the",
        "first text on the lane's display, the guard the second, the engineer the third. Reasons",
        "marked ° are shown to the bearer as a plain refusal.",
    ]
    for reason in ReasonCode:
        text, mark = TEXTS[reason], " °" if reason in BEARER_MAY_NOT_KNOW else ""
        lines += [
            "",
            f"## {reason}{mark}",
            "",
            f"- **Bearer:** {text.bearer_zh} / {text.bearer_en}",
        ]
        lines += [f"- **Guard:** {text.guard_zh} / {text.guard_en}"]
        lines += [f"- **Engineer:** {text.engineer}"]
    return page("Reason codes", "`access_core/policy/reasons.py` and `reason_texts.py`", lines)


def is_message(value: object, module: types.ModuleType) -> bool:
    """Whether a module's name stands for one of its own event or command classes."""
    return (
        isinstance(value, type)
        and value.__module__ == module.__name__
        and dataclasses.is_dataclass(value)
    )


def messages_of(module: types.ModuleType) -> list[type]:
    """The event or command classes that a module defines, in its order."""
    return [value for value in vars(module).values() if is_message(value, module)]


def messages_page() -> str:
    """Every event and command of devices and gates, and every kind of recorded event."""
    lines = [
        "Events are what has happened, commands what is to be done. Devices report device events",
        "and are told device commands; a gate hears gate events besides and asks for gate",
        "commands besides; what it records is an access event of one of the kinds at the end.",
    ]
    parts = [
        ("Device events", device_events),
        ("Device commands", device_commands),
        ("Gate events", gate_events),
        ("Gate commands", gate_commands),
    ]
    for title, module in parts:
        lines += ["", f"## {title}", "", "| Name | Meaning | Fields |", "| --- | --- | --- |"]
        for message in messages_of(module):
            fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(message))
            lines.append(f"| {message.__name__} | {first_sentence(message)} | {fields} |")
    explained = explanations(AccessEventKind)
    lines += ["", "## Kinds of access event", "", "| Kind | Meaning |", "| --- | --- |"]
    for kind in AccessEventKind:
        meaning = explained.get(kind.name, kind.value.replace("_", " ").capitalize() + ".")
        lines.append(f"| `{kind.value}` | {meaning} |")
    sources = "`access_core/devices/`, `edge_agent/gate/` and `access_core/model/access_event.py`"
    return page("Events and commands", sources, lines)


def metrics_page() -> str:
    """Every metric of an edge."""
    lines = [
        "An edge answers `GET /metrics` on 127.0.0.1, at the port of `console.port`, in the text",
        "form of Prometheus. No metric holds a name, a pass or a card.",
        "",
        "| Metric | Type | Labels | Meaning |",
        "| --- | --- | --- | --- |",
    ]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        lines.append(f"| `{metric.name}` | {metric.kind} | {labels} | {metric.meaning} |")
    return page("Metrics", "`edge_agent/console/metrics.py`", lines)


def first_sentence(owner: type) -> str:
    """The first paragraph of a class's docstring."""
    return cell((inspect.getdoc(owner) or "").partition("\n\n")[0])


# --------------------------------------------------------------------------------------- pages


def page(title: str, sources: str, lines: list[str]) -> str:
    """A page with its title, where it is made from, and its lines."""
    return "\n".join([f"# {title}", "", f"Made from {sources} by `make docs`.", "", *lines, ""])


def lane_schema() -> str:
    """JSON Schema of what a lane controller and its edge say to one another."""
    return json.dumps(mqtt_lane_codec.schemas(), indent=1) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "door_table.md": door_table.render,
    "events_and_commands.md": messages_page,
    "metrics.md": metrics_page,
    "mqtt_lane.schema.json": lane_schema,
    "reason_codes.md": reasons_page,
    "settings.md": settings_page,
}


def out_of_date() -> list[str]:
    """Names of pages that differ from what the code says now."""
    return [
        name
        for name, make in PAGES.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != make()
    ]


def main(arguments: list[str]) -> int:
    """Write the pages that changed, or with `--check` only name them."""
    changed = out_of_date()
    for name in changed:
        if arguments != ["--check"]:
            (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")
    return 1 if changed and arguments == ["--check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
