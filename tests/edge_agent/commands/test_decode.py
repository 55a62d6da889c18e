"""`edge-agent decode`."""

from pathlib import Path

import cv2
import pytest

from edge_agent.commands.decode import decode_images, in_one_line
from simulators.qr_camera import code_picture


@pytest.mark.slow
def test_one_line_an_image(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, payloads and milliseconds, for files and whole folders."""
    for name in ("a", "b"):
        cv2.imwrite(str(tmp_path / f"{name}.png"), code_picture(f"CP1:{name.upper()}"))
    assert decode_images([tmp_path, tmp_path / "a.png"])
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [Path(line[0]).name for line in lines] == ["a.png", "b.png", "a.png"]
    assert [line[1] for line in lines] == ["CP1:A", "CP1:B", "CP1:A"]
    assert all(float(line[2]) > 0 for line in lines)


@pytest.mark.slow
def test_what_cannot_be_read_is_said_and_the_rest_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing file and one that is no picture: named, and the answer is no."""
    cv2.imwrite(str(tmp_path / "good.png"), code_picture("CP1:X"))
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert not decode_images([tmp_path, tmp_path / "none.png"])
    output = capsys.readouterr()
    assert "good.png\tCP1:X\t" in output.out
    assert "none.png: there is no such file or folder" in output.err
    assert "bad.png" in output.err


def test_a_payload_stays_on_its_line() -> None:
    """Line ends and tabs are escaped; Chinese is not."""
    assert in_one_line("门\r\n\t") == "门\\r\\n\\t"
