"""Bytes and frames to events, commands to bytes. Knows devices and nothing of policy."""
