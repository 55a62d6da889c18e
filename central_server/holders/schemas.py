"""Forms and views of holders."""

from dataclasses import dataclass

from pydantic import Field

from access_core.ids import AccessLevelId, HolderId
from access_core.model.holder import HolderKind
from central_server.kit.forms import FormModel


class NewHolderForm(FormModel):
    """A person is added."""

    kind: HolderKind
    full_name: str = Field(min_length=1, max_length=60)
    department: str = Field(default="", max_length=80)


class LevelsForm(FormModel):
    """What every card of a person may do."""

    levels: tuple[str, ...] = ()


class BlockForm(FormModel):
    """Why somebody is blocked or no longer."""

    reason: str = Field(min_length=3, max_length=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderView:
    """A person, masked unless asked for otherwise."""

    holder_id: HolderId
    number: int
    kind: HolderKind
    name: str
    department: str
    access_levels: tuple[AccessLevelId, ...]
    """What every card of theirs may do."""
    is_blocked: bool
    block_reason: str


def masked(full_name: str) -> str:
    """The first character of a name and stars: enough to recognise, not enough to know."""
    return full_name[:1] + "**" if full_name else ""
