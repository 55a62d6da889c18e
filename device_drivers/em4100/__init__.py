"""Readers of 125 kHz tags that repeat the tag's number as long as it is near."""
