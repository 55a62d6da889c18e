"""The devices at a gate as the rest of the program sees them: events, commands, ports."""
