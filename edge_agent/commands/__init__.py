"""What the technician's commands do, beside serving the gate."""
