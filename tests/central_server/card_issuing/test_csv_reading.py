"""Files of cards."""

from hypothesis import given
from hypothesis import strategies as st

from central_server.card_issuing.csv_reading import MAX_BYTES, read_cards


def test_lines_are_understood_or_named() -> None:
    """Headings and empty lines are passed over; every other line counts."""
    text = (
        "person;notation;number\r\n"
        "h1;w26;123,45678\r\n"
        "\r\n"
        "2;UID-HEX;04A22B1C\r\n"
        "x;w26;1,1\r\n"
        "3;w27;1,1\r\n"
        "3;w26;1\r\n"
        "3;w26\r\n"
        "3;em4100;0012345678\r\n"
    )
    read = read_cards(text.encode("utf-8-sig"))
    assert [(line.line, line.holder) for line in read.lines] == [(2, 1), (4, 2)]
    assert [problem.line for problem in read.problems] == [5, 6, 7, 8, 9]


def test_a_spreadsheet_of_the_country_is_read() -> None:
    """GB 18030 headings, commas, a number in quotes."""
    read = read_cards('编号,写法,卡号\n1,w26,"1,2"\n'.encode("gb18030"))
    assert [line.holder for line in read.lines] == [1]
    assert read.problems == ()


def test_what_is_no_text_or_too_long_is_one_problem() -> None:
    """Nothing of it is used."""
    for data in (b"\xff\xff\xff", b"1" * (MAX_BYTES + 1)):
        read = read_cards(data)
        assert (len(read.lines), len(read.problems)) == (0, 1)


@given(st.binary(max_size=300))
def test_any_bytes_are_lines_and_problems(data: bytes) -> None:
    """Reading raises nothing."""
    read = read_cards(data)
    assert all(len(line.card.pass_ids) == 1 for line in read.lines)
