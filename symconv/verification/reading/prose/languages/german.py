"""German."""

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
    kernel: kern, faltungskern, filter, kernel, filterkern, faltungsmatrix, gewichte,
        filtermaske, filters, kernels
    input: eingabe, eingang, eingangsbild, eingabebild, bild, eingangssignal, eingabematrix,
        eingangsdaten
    output: ausgabe, ausgang, ausgangsbild, ausgabebild, ergebnisbild, ausgangssignal,
        ausgabematrix, ergebnis
    padded input: aufgefüllte eingabe, gepolsterte eingabe
    bias: bias
    loss: verlust, verlustfunktion, kostenfunktion, kosten, fehlerfunktion, zielfunktion
    grad_output: gradient der ausgabe, gradient nach der ausgabe, ausgabegradient,
        gradient bezüglich der ausgabe, fehlersignal
    grad_input: gradient der eingabe, gradient nach der eingabe, eingabegradient,
        gradient bezüglich der eingabe
    grad_weight: gradient der gewichte, gradient des filters, gradient nach den gewichten,
        gradient des kerns
    grad_bias: gradient des bias, gradient nach dem bias
    stride: schrittweite, schrittlänge, stride
    stride height: vertikale schrittweite
    stride width: horizontale schrittweite
    dilation: dilatation, dilatationsrate, dilatationsfaktor, dilation
    padding: auffüllung, nullauffüllung, polsterung, rand, padding, zero-padding, randbreite
    total padding: gesamtes padding, gesamte auffüllung
    input channels: eingangskanäle, eingabekanäle, zahl der eingangskanäle,
        anzahl der eingangskanäle, anzahl der eingabekanäle, zahl der eingabekanäle
    output channels: ausgangskanäle, ausgabekanäle, zahl der ausgangskanäle,
        anzahl der ausgangskanäle, anzahl der ausgabekanäle, anzahl der filter, zahl der filter
    groups: anzahl der gruppen, zahl der gruppen
    batch size: batchgröße, stapelgröße
    receptive field: rezeptives feld
    kernel size: kernelgröße, filtergröße, kerngröße, filterlänge, kernlänge,
        kernelbreite und -höhe
    kernel height: kernelhöhe, filterhöhe, kernhöhe
    kernel width: kernelbreite, filterbreite, kernbreite
    input size: eingabegröße, eingangsgröße, bildgröße, eingabelänge
    input height: eingabehöhe, eingangshöhe, bildhöhe
    input width: eingabebreite, eingangsbreite, bildbreite
    output size: ausgabegröße, ausgangsgröße, ausgabelänge
    output height: ausgabehöhe, ausgangshöhe
    output width: ausgabebreite, ausgangsbreite
    """
)
_SIZES: Final = table(
    """
    size: größe, länge, seitenlänge
    height: höhe, zeilenzahl
    width: breite, spaltenzahl
    """
)

GERMAN: Final = Language(
    name="German",
    roles=with_sizes(
        _ROLES,
        _SIZES,
        (
            "{size} des {array}",
            "{size} der {array}",
            "{size} von {array}",
            "{size} des {array}s",
            "{size} des {array}es",
        ),
    ),
    sizes=_SIZES,
    links=words("ist, bezeichnet, bedeutet, steht für, sei, heißt, beschreibt, entspricht, als"),
    plural_links=words("sind, bezeichnen, seien, stehen für, bedeuten"),
    fillers=words(
        """
        der, die, das, den, dem, des, ein, eine, einen, einem, unser, jeweils, beziehungsweise
        """
    ),
    joins=words("und, oder, bzw."),
    starts=words("wobei, dabei, hier, hierbei, mit, sei, seien, für, wo, darin, in, bei"),
    relations=words(
        """
        des, der, von, für, in, mit, im, entlang, auf, ist, sind, bezeichnet, bezeichnen, sei,
        ist., steht, zu
        """
    ),
    negations=words("nicht, kein, keine, weder, noch"),
    others=words("vorherigen, nächsten, vorigen, gedrehte, gespiegelte, transponierte"),
    lacks=words("ohne, kein, keine"),
    one_based=(
        r"indizes (?:beginnen|starten|laufen|fangen) (?:bei|ab|mit|von) (?:1|eins)\b",
        r"(?:1|eins)-basiert",
        r"indizierung ab 1\b",
    ),
    zero_based=(
        r"indizes (?:beginnen|starten|laufen|fangen) (?:bei|ab|mit|von) (?:0|null)\b",
        r"(?:0|null)-basiert",
        r"indizierung ab 0\b",
    ),
    flipped=(r"(?:kern|filter|kernel|faltungskern) wird (?:gespiegelt|umgedreht|gedreht)",),
    unflipped=(
        r"(?:kern|filter|kernel|faltungskern) wird nicht (?:gespiegelt|umgedreht|gedreht)",
        r"ohne (?:spiegelung|umdrehen|den kern zu spiegeln)",
        r"(?:ist|als|verwenden die|verwendet die) kreuzkorrelation",
    ),
)
