"""The languages of the pages."""

from enum import StrEnum


class Language(StrEnum):
    """A language that every page has."""

    ZH = "zh"
    EN = "en"

    @property
    def tag(self) -> str:
        """For the `lang` attribute (BCP 47)."""
        return "zh-CN" if self is Language.ZH else "en"
