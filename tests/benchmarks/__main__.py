"""`python -m tests.benchmarks`: measure, print, write; ends with 1 if anything does not hold.

`ONLY=prefix` in the environment measures the figures whose id begins so.
"""

import os
import sys
from time import monotonic

from device_drivers.system_clock import SystemClock
from tests.benchmarks.benches import BENCHES
from tests.benchmarks.figure import Figure
from tests.benchmarks.report import JSON, PAGE, ROOT, table, write_json, write_page


def main() -> int:
    """Run what is wanted, each with a progress line."""
    only = os.environ.get("ONLY", "")
    wanted = [bench for bench in BENCHES if bench.is_wanted(only)]
    if not wanted:
        ids = "\n  ".join(id_ for bench in BENCHES for id_ in bench.ids)
        print(f"ONLY={only}: no figure's id begins so. There are:\n  {ids}", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    for place, bench in enumerate(wanted, start=1):
        print(f"[{place}/{len(wanted)}] {bench.what} … ", end="", file=sys.stderr, flush=True)
        start = monotonic()
        figures += [figure for figure in bench.measure() if figure.id.startswith(only)]
        print(f"{monotonic() - start:.1f} s", file=sys.stderr)
    write_json(figures)
    today = SystemClock().now().utc().date()
    write_page(figures, today, [id_ for bench in BENCHES for id_ in bench.ids])
    print(table(figures))
    print(f"\nwritten: {PAGE.relative_to(ROOT)}, {JSON.relative_to(ROOT)}")
    failed = [figure.id for figure in figures if figure.holds is False]
    if failed:
        print(f"does not hold: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
