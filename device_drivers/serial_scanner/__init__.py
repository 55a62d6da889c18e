"""Scanners, card readers and Wiegand converters that send one line per read."""
