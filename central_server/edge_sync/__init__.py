"""The machine side: enrolment, rules down, events up."""
