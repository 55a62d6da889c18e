"""Ways to reach a device: serial ports and serial servers on the network."""
