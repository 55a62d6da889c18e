"""The box at the gate: decides by itself, records before it releases, delivers when it can."""
