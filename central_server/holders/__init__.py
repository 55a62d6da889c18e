"""People who hold credentials."""
