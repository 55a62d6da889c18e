"""The campus pass CP1: text, layout, signature, rotation, short code."""
