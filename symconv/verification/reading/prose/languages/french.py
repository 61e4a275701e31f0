"""French."""

from __future__ import annotations

from typing import Final

from symconv.verification.reading.prose.languages.language import (
    Language,
    table,
    with_sizes,
    words,
)

_ROLES: Final = table(
    """
    kernel: noyau, filtre, noyau de convolution, filtre de convolution, masque, poids,
        matrice de convolution
    input: entrée, image d'entrée, signal d'entrée, carte d'entrée, image, signal,
        matrice d'entrée, tenseur d'entrée
    output: sortie, image de sortie, signal de sortie, carte de sortie, image filtrée,
        matrice de sortie, résultat
    padded input: entrée complétée, entrée remplie de zéros, entrée rembourrée
    bias: biais
    loss: perte, fonction de perte, coût, fonction de coût, erreur totale
    grad_output: gradient de la sortie, gradient amont, gradient en amont,
        gradient par rapport à la sortie, gradient entrant
    grad_input: gradient de l'entrée, gradient par rapport à l'entrée
    grad_weight: gradient des poids, gradient du noyau, gradient du filtre,
        gradient par rapport au noyau, gradient par rapport aux poids
    grad_bias: gradient du biais, gradient par rapport au biais
    stride: pas, pas de déplacement, foulée, pas de convolution, pas du filtre
    stride height: pas vertical
    stride width: pas horizontal
    dilation: dilatation, taux de dilatation, facteur de dilatation, pas de dilatation
    padding: remplissage, marge, bourrage, rembourrage, zéro padding, nombre de zéros ajoutés,
        bordure de zéros
    total padding: remplissage total
    input channels: canaux d'entrée, nombre de canaux d'entrée, nombre de canaux en entrée
    output channels: canaux de sortie, nombre de canaux de sortie, nombre de filtres,
        nombre de noyaux, nombre de canaux en sortie
    groups: nombre de groupes
    batch size: taille du lot, taille de lot, taille du batch
    receptive field: champ récepteur, champ réceptif
    """
)
_SIZES: Final = table(
    """
    size: taille, dimension, longueur, côté
    height: hauteur, nombre de lignes
    width: largeur, nombre de colonnes
    """
)

FRENCH: Final = Language(
    name="French",
    roles=with_sizes(
        _ROLES,
        _SIZES,
        (
            "{size} du {array}",
            "{size} de la {array}",
            "{size} de l' {array}",
            "{size} de {array}",
            "{size} d' {array}",
            "{size} des {array}",
        ),
    ),
    sizes=_SIZES,
    links=words(
        """
        est, désigne, représente, note, dénote, correspond à, est noté, est notée, noté, notée,
        vaut, soit
        """
    ),
    plural_links=words("sont, désignent, représentent, sont respectivement, dénotent"),
    fillers=words("le, la, l', les, un, une, des, du, ce, cette, notre, même, respectivement"),
    joins=words("et, ou"),
    starts=words("où, ou, ici, soit, soient, avec, pour, notons, on note, par, dans"),
    relations=words(
        """
        de, du, des, d', dans, pour, avec, par, selon, sur, en, qui, que, utilisé, à, vertical,
        le
        """
    ),
    negations=words("ne, n', jamais, non, ni"),
    others=words("précédente, précédent, suivante, suivant, retourné, transposé, inversé"),
    lacks=words("sans, aucun"),
    one_based=(
        r"indices (?:commencent|débutent|partent|démarrent) (?:à|de|par) (?:1|un)\b",
        r"index(?:és|ation|é)? (?:à partir de|commence à) 1\b",
        r"indices à partir de 1\b",
    ),
    zero_based=(
        r"indices (?:commencent|débutent|partent|démarrent) (?:à|de|par) (?:0|zéro)\b",
        r"index(?:és|ation|é)? (?:à partir de|commence à) 0\b",
        r"indices à partir de 0\b",
    ),
    flipped=(
        r"(?:noyau|filtre) est (?:retourné|inversé|renversé)",
        r"on retourne le (?:noyau|filtre)",
    ),
    unflipped=(
        r"(?:noyau|filtre) n['’]est pas (?:retourné|inversé|renversé)",
        r"sans (?:retourner|retournement|inversion)",
        r"(?:utilise|est|utilisons) (?:la |une )?corrélation croisée",
    ),
)
