"""What edge and centre say to one another: messages, signatures, the event chain."""
