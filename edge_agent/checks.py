"""The technician's checklist: what makes a finding good or bad, and what to do about it.

One list for `edge-agent self-test`, which looks by itself, and for the console, which asks the
running agent. Nothing here looks at anything: what was seen is handed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, assert_never

from access_core.clock import Instant
from access_core.devices.health import DeviceHealth, DeviceState
from access_core.ids import AccessPointId
from edge_agent.gate.facts import SiteFacts

SLOW_SYNC_MS: Final = 100.0
LEAST_FREE_BYTES: Final = 200 * 1024 * 1024
"""A year of a busy lane's journal is about 1 GB; below this the disk is as good as full."""
MOST_OFFSET_S: Final = 5.0
"""A rotating pass changes every 15 s; the centre refuses requests that are 300 s off."""
EARLIEST_CLOCK_S: Final = 1_767_225_600
"""2026-01-01: a clock before this was never set."""
_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in `zh` or, for everything else, in English."""
        return self.zh if language == "zh" else self.en


NOTHING: Final = Words("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the checklist."""

    name: str
    """Of the check, or `device NAME`; the same in both languages of the command line."""
    title: Words
    is_ok: bool
    detail: Words
    cure: Words = NOTHING
    """What to do; empty if all is well."""


@dataclass(frozen=True, slots=True)
class Check:
    """A name that findings are made under."""

    name: str
    title: Words

    def good(self, zh: str, en: str) -> Finding:
        """All is well."""
        return Finding(name=self.name, title=self.title, is_ok=True, detail=Words(zh, en))

    def bad(self, detail: Words, cure: Words) -> Finding:
        """Something is wrong, and this is what to do."""
        return Finding(name=self.name, title=self.title, is_ok=False, detail=detail, cure=cure)


SETTINGS: Final = Check("settings", Words("设置", "Settings"))
CLOCK: Final = Check("clock", Words("时钟", "Clock"))
DISK: Final = Check("disk", Words("磁盘", "Disk"))
JOURNAL: Final = Check("journal", Words("日志簿", "Journal"))
KEYS: Final = Check("keys", Words("密钥", "Keys"))
RULES: Final = Check("rules", Words("规则", "Rules"))
LINK: Final = Check("link", Words("与中心的连接", "Link"))


def settings_finding(file: Path) -> Finding:
    """The settings could be read, or nobody would ask."""
    return SETTINGS.good(str(file), str(file))


def clock_finding(now: Instant, *, is_synchronised: bool | None, offset_s: float | None) -> Finding:
    """The time, who keeps it, and how far it is from the centre's (None: not known)."""
    zh, en = [f"{now.utc():%Y-%m-%d %H:%M:%S} UTC"], [f"{now.utc():%Y-%m-%d %H:%M:%S} UTC"]
    match is_synchronised:
        case True:
            zh.append("已同步")
            en.append("synchronised")
        case False:
            zh.append("未同步")
            en.append("not synchronised")
        case None:
            zh.append("同步状态未知")
            en.append("synchronisation not known")
    if offset_s is not None:
        zh.append(f"与中心相差 {offset_s:+.0f} 秒")
        en.append(f"{offset_s:+.0f} s from the centre's")
    detail = Words("，".join(zh), ", ".join(en))
    is_off = offset_s is not None and abs(offset_s) > MOST_OFFSET_S
    if now.wall_s >= EARLIEST_CLOCK_S and not is_off:
        # A clock that nobody keeps but that is right is worth a word, not a fault.
        return CLOCK.good(detail.zh, detail.en)
    return CLOCK.bad(
        detail,
        Words(
            "校准时钟，并检查时间同步服务；通行码按时间判断",
            "Set the clock and check time synchronisation; passes are judged by it",
        ),
    )


def disk_finding(*, sync_ms: float | None, free_bytes: int) -> Finding:
    """How long a synced write took (None: none yet), and what is left."""
    zh, en = [f"剩余 {free_bytes // _MEBIBYTE} MiB"], [f"{free_bytes // _MEBIBYTE} MiB free"]
    if sync_ms is not None:
        zh.insert(0, f"一次落盘写入 {sync_ms:.1f} 毫秒")
        en.insert(0, f"a synced write takes {sync_ms:.1f} ms")
    detail = Words("，".join(zh), ", ".join(en))
    if sync_ms is not None and sync_ms >= SLOW_SYNC_MS:
        cure = Words(
            "磁盘太慢：换用固态盘或工业级存储卡",
            "The disk is too slow for a gate: use an SSD or industrial card",
        )
        return DISK.bad(detail, cure)
    if free_bytes < LEAST_FREE_BYTES:
        return DISK.bad(detail, Words("清理磁盘空间", "Make room on the disk"))
    return DISK.good(detail.zh, detail.en)


def disk_fault(problem: str) -> Finding:
    """The disk cannot be written, in its own words."""
    cure = Words(
        "检查 `edge.state_dir` 所在文件夹可写且磁盘未满",
        "Check that the folder of `edge.state_dir` is writable and the disk not full",
    )
    return DISK.bad(Words(problem, problem), cure)


def journal_finding(*, events: int, delivered: int, problem: str = "") -> Finding:
    """How many events stand there and wait; `problem`: what the disk said at the last row."""
    waiting = events - delivered
    if problem:
        return JOURNAL.bad(
            Words(f"无法写入：{problem}", f"cannot be written: {problem}"),
            Words(
                "检查磁盘；恢复之前入口不放行",
                "Check the disk; no entry is let in until it is back",
            ),
        )
    return JOURNAL.good(
        f"{events} 条事件，{waiting} 条待上传", f"{events} events, {waiting} not delivered yet"
    )


def rules_finding(
    facts: SiteFacts | None, credentials: int, wanted: Iterable[AccessPointId], now: Instant
) -> Finding:
    """Whether there are rules, for these access points, and how old they are."""
    fetch = Words(
        "在中心可达时启动程序，规则会自动下载",
        "Start the agent with the centre in reach; it fetches its rules by itself",
    )
    if facts is None:
        return RULES.bad(Words("还没有规则", "none yet"), fetch)
    unknown = [point for point in wanted if point not in facts.access_points]
    if unknown:
        return RULES.bad(
            Words(f"不含出入点 {unknown[0]}", f"do not contain access point {unknown[0]}"),
            Words(
                "改正该读卡器的 `access_point`，或在中心为闸机添加它",
                "Correct `access_point` of that reader, or add it to the gate at the centre",
            ),
        )
    age_min = (now.wall_ms - facts.issued_ms) / 60_000
    zh = f"版本 {facts.revision}，{credentials} 个凭证，{age_min:.0f} 分钟前签发"
    en = f"revision {facts.revision}, {credentials} credentials, {age_min:.0f} min old"
    if facts.is_stale(now):
        return RULES.bad(Words(f"{zh}，已过期", f"{en}, expired"), fetch)
    return RULES.good(zh, en)


def link_finding(url: str, problem: str) -> Finding:
    """Whether the centre at `url` can be reached; `problem` empty if it can."""
    if not problem:
        return LINK.good(url, url)
    cure = Words(
        "检查网线、`centre.url`、`centre.ca_file` 和时钟；没有它闸机照常工作",
        "Check cable, `centre.url`, `centre.ca_file` and clock; the gate works without it",
    )
    return LINK.bad(Words(problem, problem), cure)


STATE_WORDS: Final = {
    DeviceState.STARTING: Words("尚无应答", "nothing heard of it yet"),
    DeviceState.READY: Words("正常", "ready"),
    DeviceState.DEGRADED: Words("时断时续", "not answering for a moment"),
    DeviceState.OFFLINE: Words("离线", "offline"),
}


def device_finding(health: DeviceHealth) -> Finding:
    """How a device is; its driver says why and what to check."""
    name = f"device {health.device}"
    check = Check(name, Words(f"设备 {health.device}", f"Device {health.device}"))
    state = STATE_WORDS[health.state]
    match health.state:
        case DeviceState.READY:
            return check.good(state.zh, state.en)
        case DeviceState.STARTING | DeviceState.DEGRADED | DeviceState.OFFLINE:
            reason = health.reason
            detail = Words(f"{state.zh}：{reason}", f"{state.en}: {reason}") if reason else state
            cure = Words(
                "检查该设备的电源、线缆和设置",
                "Check power, cable and the settings of this device",
            )
            return check.bad(detail, cure)
        case _:
            assert_never(health.state)
