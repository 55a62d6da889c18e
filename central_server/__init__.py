"""The centre: takes bookings, holds people and rules, tells every gate, knows what happened."""
