"""What every name of a claim means."""
