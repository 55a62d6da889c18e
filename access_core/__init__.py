"""What both halves speak: nouns, device ports, passes, decision, wire. Pure: no I/O, no clock."""
