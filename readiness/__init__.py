"""Readiness: where peer support work is at risk in a mental-health service, and what to do about it."""
