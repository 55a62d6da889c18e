"""Forms of those who decide about visits."""

from datetime import time

from pydantic import Field

from central_server.kit.forms import FormModel
from central_server.visits.schemas import MAX_NOTE


class AnswerForm(FormModel):
    """A step with a visit; the reason of a refusal is shown to the visitor."""

    reason: str = Field(default="", max_length=MAX_NOTE)


class RevealForm(FormModel):
    """Why somebody must see personal data."""

    reveal_reason: str = Field(min_length=2, max_length=MAX_NOTE)


class ShortenForm(FormModel):
    """Until when a visit may last now, local time."""

    until: time
