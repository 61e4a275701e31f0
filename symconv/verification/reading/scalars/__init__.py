"""What the names of a claim about sizes mean."""
