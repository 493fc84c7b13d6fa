"""YAML at the door: texts in, rule sets and answers out, every problem reported at once."""
