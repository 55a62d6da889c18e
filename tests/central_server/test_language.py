"""The languages of the pages."""

from central_server.language import Language


def test_each_language_has_a_tag() -> None:
    """The tag is for the `lang` attribute."""
    assert [language.tag for language in Language] == ["zh-CN", "en"]
