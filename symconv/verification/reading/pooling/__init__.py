"""What the names of a claim about pooling mean."""
