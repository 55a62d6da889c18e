"""Who keeps the clock right."""

from pathlib import Path

from edge_agent.time_sync import is_clock_synchronised


def test_the_mark_of_the_time_service_is_believed(tmp_path: Path) -> None:
    """Where the service has left its mark, the clock is synchronised."""
    mark = tmp_path / "synchronized"
    mark.touch()
    assert is_clock_synchronised(mark) is True


def test_without_a_mark_the_kernel_is_asked(tmp_path: Path) -> None:
    """It says yes or no, or may not be asked; it never raises."""
    assert is_clock_synchronised(tmp_path / "none") in {True, False, None}
