"""What the names of a claim about sizes mean.

trees         notation               -> expressions of integers
layers        numbered layers        -> recursions, unrolled
size_words    the words of which names of sizes are made
size_priors   name of a size         -> roles, with costs
"""
