"""Cards: what a holder has that proves nothing and is known by its number."""
