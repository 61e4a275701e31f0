"""Claims about sizes, counts and receptive fields."""
