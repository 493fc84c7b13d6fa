"""What researchers do with rule sets: exercise, prove, compare, measure the impact of a change. Pure; needs NumPy."""
