"""What the wires of a lane mean, whatever board or chip they are read by. No I/O, no clock."""
