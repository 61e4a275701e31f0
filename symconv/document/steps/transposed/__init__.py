"""The steps of a transposed convolution, where they differ from those of a convolution."""
