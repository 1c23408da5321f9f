//! What is true: calls, incidents, units, assignments, decisions, and the rules that are never broken.
