"""The nouns of access control, as frozen data."""
