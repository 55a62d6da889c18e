"""QR and card scanners that send one text line per read over a serial port."""
