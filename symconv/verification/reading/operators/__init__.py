"""What operators on whole arrays and their operands mean: dX = dY * rot180(W).

words          what the words of operators mean: data
names          name of an array        -> which array, layer and gradient
priors         name of an array        -> roles, with costs
calls          conv(x, w, 'valid')     -> operator and options
sketches       operators on named arrays, their meanings left open
tap_sums       sums over taps          -> operators
readings       notation                -> sketches
matrix_words   dW = dY X_col^T         -> words of matrices
"""
