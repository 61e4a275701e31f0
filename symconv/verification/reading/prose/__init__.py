"""What the sentences of an article say of its names: "where F is the filter and s the stride".

languages     the words of eight languages
lexicon       language                   -> its phrases, to look up
sentences     prose                      -> sentences, mathematics masked
mathematics   mathematics in a sentence  -> the names in it
elements      piece of a sentence        -> names, roles, links, numbers
statements    elements                   -> "s is the stride"
shapes        elements                   -> sizes of "an n x n image"
told          text around a display      -> all that it says
"""
