"""What the sentences of an article say of its names."""
