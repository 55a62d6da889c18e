"""What the edge shows on its own machine: the lane's display, the technician's console, metrics.

On loopback only, and beside the gate: nothing here is in the way of a door, and if it fails the
gate goes on without it.
"""
