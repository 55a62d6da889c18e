"""The link to the centre: events up, rules down. Never in the path of a door."""
