"""Is this formula, or this function, what it claims to be?

Formulas, stage by stage, with what goes in and what comes out:

    letters       claim, options                  -> the claim in our letters, and its convolution
    model         sizes                           -> what is true of that convolution
    terms         value of a claim                -> guarded terms, the normal form
    claims        claim in our letters            -> questions (conditions: those on conditions)
    evaluation    expressions, conditions       -> functions of their letters
    exact         guarded terms, sizes            -> polynomials, counted out
    search        question                        -> the smallest counterexample
    logic         expressions, conditions         -> Z3 terms
    theorem       question                        -> proof for all sizes, as queries
    verdict       claim                           -> findings under its best reading
    edits, trials, hunt, repair
                  wrong claim                     -> the smallest right one nearby
    derived       question                        -> the right claim (translation: SymPy -> trees)
    fixes         wrong claim                     -> what should stand there instead
    wording       counterexample                  -> words
    texts         article or formula              -> report: one verdict for each question
    listing, errata  report                       -> terminal, page, Markdown

Functions:

    audit/        function                        -> Audit: a black box asked with integers
"""
