"""Is the answer to a question yes? Counted out for small sizes, proved for all."""
