"""The steps of the derivation, one module for each thing they explain."""
