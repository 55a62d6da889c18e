"""What security must hear of, until somebody has dealt with it."""
