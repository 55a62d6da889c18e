"""A door wired to this machine's own pins."""
