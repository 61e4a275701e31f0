"""What should stand in place of a refuted equation of entries.

mending           refuted outcome             -> the outcome with all that is found below
conditions        wrong questions             -> simple conditions under which they are right
edits             claim                       -> its edits, likeliest first
edit_changes      node                        -> what may stand in its place
mirrors           one axis                    -> the letters of another
edit_trials       edited questions            -> those that pass the small sizes
edit_search       sets of edits               -> those that are proved
repair            claim                       -> the smallest repair
derived           question                    -> the right formula, by differentiating
derived_channels  ... with images and channels
translation       sizes, SymPy expressions    -> SymPy symbols, trees
author_letters    right formula               -> the same in the author's letters
shown             repair                      -> LaTeX and text, the edits boxed
"""
