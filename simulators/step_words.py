"""A step of a scenario as it is said to whoever looks on."""

from simulators.scenario import (
    Centre,
    Edge,
    Fire,
    Show,
    Step,
    TurnResetKey,
    WaitUntil,
    Walk,
)


def in_words(step: Step) -> str:
    """A step as it is said to whoever looks on."""
    match step:
        case Show():
            what = {"live": "the code", "kept": "an old screenshot", "again": "the same code again"}
            shown = what.get(step.code, "a forged code")
            return f"{step.who} shows {shown} at the {step.at}"
        case Walk():
            return f"somebody walks up to the {step.at}"
        case Centre() | Edge():
            return f"{step.do} {step.to}"
        case Fire():
            return "fire alarm" if step.on else "fire alarm over"
        case TurnResetKey():
            return "the reset key is turned"
        case WaitUntil():
            return f"wait until {step.what.replace('_', ' ')} {step.who}".rstrip()
        case _:
            return f"{step.who}: {step.do.replace('_', ' ')}"
