"""What is true of a convolution: its sizes, its definition and derivatives, as guarded terms."""
