"""Every table is known to the migrations."""

from pathlib import Path

import central_server
from central_server.migrations.tables import METADATA, TABLE_MODULES


def test_every_module_with_tables_is_listed() -> None:
    """A repository that is not listed would get no tables."""
    root = Path(central_server.__file__).parent
    with_tables = {
        ".".join(path.relative_to(root.parent).with_suffix("").parts)
        for path in root.rglob("*.py")
        if "__tablename__ =" in path.read_text("utf-8")
    }
    assert {module.__name__ for module in TABLE_MODULES} == with_tables
    assert "event" in METADATA.tables
