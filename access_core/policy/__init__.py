"""The decision: facts and a moment in, verdict with all its reasons out."""
