"""Passes: what a credential is at the centre, its signature, its page, its print."""
