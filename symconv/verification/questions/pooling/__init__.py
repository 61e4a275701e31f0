"""Claims about pooling: averages and maxima over windows, forward and backward."""
