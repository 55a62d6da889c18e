"""The other end of every driver, and the people. Stands at the far end of a transport."""
