"""Lane controllers that speak MQTT 5: readers and doors over one connection to a broker."""
