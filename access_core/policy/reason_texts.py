"""What each reason means to the bearer, the guard and the engineer, in both languages.

The bearer's text is at most 32 characters of Chinese or 64 of English, for a lane display, and
says the next step. The guard's says who can fix it. Bearers may not learn every reason
(`reasons.BEARER_MAY_NOT_KNOW`): those get the text of a plain refusal.
"""

from dataclasses import dataclass

from access_core.policy.reasons import ReasonCode


@dataclass(frozen=True, slots=True)
class ReasonText:
    """One reason in words."""

    bearer_zh: str
    bearer_en: str
    guard_zh: str
    guard_en: str
    engineer: str


_PLAIN_ZH, _PLAIN_EN = "未能放行，请到门岗", "Not admitted. Please see the guard"

TEXTS: dict[ReasonCode, ReasonText] = {
    ReasonCode.CREDENTIAL_NOT_FOUND: ReasonText(
        "通行码未登记，请到门岗",
        "Pass not known here. See the guard",
        "系统中没有此通行码；预约可能尚未同步，请在访客列表中查找",
        "This pass is not known here; the booking may not have arrived. Look in the visit list.",
        "No credential row for the pass id and the pass type may not be accepted unseen.",
    ),
    ReasonCode.CREDENTIAL_NOT_ENABLED: ReasonText(
        "通行码已停用，请到门岗",
        "Pass is suspended. See the guard",
        "通行码已停用；由发证部门恢复",
        "The pass is suspended; the issuing office can enable it.",
        "Credential.status is disabled.",
    ),
    ReasonCode.CREDENTIAL_NOT_ACTIVE: ReasonText(
        "尚未到入校时间",
        "Too early: see the time on your pass",
        "未到有效时间；接待人可修改预约",
        "The pass has not begun; the host can change the booking.",
        "Now is before the later of not-before in the pass and valid-from of the credential.",
    ),
    ReasonCode.CREDENTIAL_EXPIRED: ReasonText(
        "通行码已过期，请重新预约",
        "Pass is over. Please book again",
        "通行码已过期；接待人可延长或重新预约",
        "The pass is over; the host can extend it or the visitor can book again.",
        "Now is at or after the earlier end of the pass and the credential.",
    ),
    ReasonCode.NOT_PERMITTED_AT_THIS_TIME: ReasonText(
        "此时段不可通行",
        "Not open to you at this time",
        "此时段不允许通行；请查看通行时间表",
        "Not permitted at this time; see the schedule of the access level.",
        "An access level contains this access point but no schedule contains the local time.",
    ),
    ReasonCode.UNAUTHORIZED: ReasonText(
        "此门不可通行，请看通行码上的门",
        "Wrong gate: see the gate on your pass",
        "通行码不适用于此门",
        "The pass is not for this gate.",
        "The zone bit is not set in the pass, or no access level contains this access point.",
    ),
    ReasonCode.CREDENTIAL_REVOKED: ReasonText(
        "通行码已撤销，请联系接待人",
        "Pass was withdrawn. Call your host",
        "通行码已撤销；接待人可重新批准",
        "The pass was withdrawn; the host can approve again.",
        "Credential.status is revoked.",
    ),
    ReasonCode.PASS_MALFORMED: ReasonText(
        "无法识别，请出示校园通行码",
        "Not a campus pass. Show your pass page",
        "不是校园通行码，或没有扫全",
        "Not a campus pass, or only part of it was read.",
        "The text failed a check of form before any signature was looked at.",
    ),
    ReasonCode.PASS_FORGED: ReasonText(
        _PLAIN_ZH,
        _PLAIN_EN,
        "伪造的通行码：请核实身份并报告",
        "Forged pass: check who this is and report it.",
        "Unknown key id, wrong algorithm, bad signature, or a reveal that misses the anchor.",
    ),
    ReasonCode.PASS_STALE: ReasonText(
        "码已失效，请打开通行码页面",
        "Old code: open your live pass page",
        "旧码或截图；请访客打开实时页面，并检查手机时间",
        "Old code or screenshot; have the live page opened and the phone's clock checked.",
        "The step is more than 2 below the edge's own step.",
    ),
    ReasonCode.PASS_AHEAD: ReasonText(
        "手机时间偏快，请校准时间",
        "Phone clock is fast: set it right",
        "手机时间偏快；请打开自动校时",
        "The phone's clock runs ahead; switch automatic time on.",
        "The step is more than 1 above the edge's own step.",
    ),
    ReasonCode.PASS_REPLAYED: ReasonText(
        "此码已使用，请等待新码",
        "Code already used: wait for the next",
        "同一码重复使用；15 秒后会有新码",
        "The same code was shown twice; a new one comes within 15 s.",
        "The step is not above the highest accepted at this gate in this direction.",
    ),
    ReasonCode.ENTRIES_SPENT: ReasonText(
        "入校次数已用完，请联系接待人",
        "No entries left. Call your host",
        "入校次数已用完；接待人可再批准",
        "All entries are used; the host can approve more.",
        "Entries taken have reached the number in the pass.",
    ),
    ReasonCode.HOLDER_BLOCKED: ReasonText(
        _PLAIN_ZH,
        _PLAIN_EN,
        "请此人稍候，并通知值班人员",
        "Ask the person to wait and call the duty officer.",
        "The holder is on the block list.",
    ),
    ReasonCode.SNAPSHOT_TOO_OLD: ReasonText(
        "闸机数据过旧，请到门岗",
        "Gate data is old. See the guard",
        "闸机规则已过期，按降级策略拒绝；请通知技术员",
        "The gate's rules are past their expiry and refuse this pass type; tell the technician.",
        "The snapshot is stale and the type's policy is not to accept when stale.",
    ),
    ReasonCode.CREDENTIAL_READ_LATE: ReasonText(
        "请重新出示通行码",
        "Please show your pass again",
        "断线期间的读数，未放行",
        "Read while the reader was cut off; not acted on.",
        "The driver marked the read as possibly stored in the device.",
    ),
    ReasonCode.GATE_BUSY: ReasonText(
        "请稍候",
        "One moment please",
        "上一位尚未通过",
        "The one before is still passing.",
        "A release is pending or the lane is in passage.",
    ),
    ReasonCode.LANE_OUT_OF_ORDER: ReasonText(
        "闸机故障，请到门岗",
        "Gate fault. See the guard",
        "闸机自报故障，暂停入校；请改走其他通道并通知技术员",
        "The lane reports a fault and lets nobody in; use another lane and tell the technician.",
        "FaultChanged of the door is active; see the out_of_order event for its words.",
    ),
    ReasonCode.RECORD_NOT_DURABLE: ReasonText(
        "闸机故障，请到门岗",
        "Gate fault. See the guard",
        "闸机无法写入记录，按策略拒绝；请通知技术员",
        "The gate cannot write its journal and refuses by policy; tell the technician.",
        "The journal did not confirm within its deadline.",
    ),
    ReasonCode.RULE_ERROR: ReasonText(
        "闸机故障，请到门岗",
        "Gate fault. See the guard",
        "规则出错，已拒绝；请通知技术员",
        "A rule failed and access was denied; tell the technician.",
        "A rule raised; see the program log of the edge.",
    ),
}
