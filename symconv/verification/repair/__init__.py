"""What should stand in place of a wrong claim."""
