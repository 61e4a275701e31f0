"""Measurements: speed and cost, each figure beside its budget."""
