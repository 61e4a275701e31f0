"""The audit of anybody's function: is it this operation, for every size? Exactly, with ==.

The stages, each with its input and output:

    space, draw    Space, seed             -> Cases: a spec and the sizes of its arrays
    question       Case                    -> Question: integer arrays and the right answer
    arrays         Question, fn            -> Answer: what fn returned, for the arrays it wants
    loop           Answers                 -> Audit: dense integers first, then unit vectors
    localise       wrong Answers           -> Failures: grouped by cause, smallest case, one entry
    faults         wrong Answers           -> the class of the fault that explains all of them
    shrink         Case                    -> the smallest Case that still shows it
    report         Audit                   -> a text for people

A fault is another meaning of the operation (`fault`): a wrong table of what meets what along an
axis (`meetings`, `axis_faults`), a wrong order (`order_faults`) or a wrong sum (`sum_faults`).
"""
