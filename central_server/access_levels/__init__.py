"""Access levels: where and when together. Schedules: when."""
