"""Claims with operators on whole arrays: stars, rotations, matrices, fast algorithms."""
