"""Doors and lanes released by an output of an OSDP peripheral."""
