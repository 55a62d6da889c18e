"""What happens at one gate, without I/O: events in, commands out."""
