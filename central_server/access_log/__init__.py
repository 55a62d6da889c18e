"""The record of what happened at every gate."""
