"""Spanish."""

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
    kernel: kernel, filtro, núcleo, núcleo de convolución, filtro de convolución, máscara,
        pesos, filtro convolucional
    input: entrada, imagen de entrada, señal de entrada, imagen, mapa de entrada,
        matriz de entrada, volumen de entrada, tensor de entrada
    output: salida, imagen de salida, señal de salida, mapa de salida, matriz de salida,
        resultado, volumen de salida
    padded input: entrada con relleno, entrada rellenada, entrada con padding
    bias: sesgo
    loss: pérdida, función de pérdida, coste, costo, función de coste, función de costo
    grad_output: gradiente de la salida, gradiente de salida, gradiente respecto a la salida,
        gradiente entrante
    grad_input: gradiente de la entrada, gradiente de entrada, gradiente respecto a la entrada
    grad_weight: gradiente del filtro, gradiente de los pesos, gradiente del kernel,
        gradiente respecto a los pesos
    grad_bias: gradiente del sesgo, gradiente respecto al sesgo
    stride: stride, paso, zancada, desplazamiento, tamaño del paso, salto
    stride height: paso vertical, stride vertical
    stride width: paso horizontal, stride horizontal
    dilation: dilatación, tasa de dilatación, factor de dilatación
    padding: padding, relleno, relleno de ceros, relleno con ceros, cantidad de relleno
    total padding: relleno total, padding total
    input channels: canales de entrada, número de canales de entrada
    output channels: canales de salida, número de canales de salida, número de filtros,
        cantidad de filtros
    groups: número de grupos
    batch size: tamaño del lote, tamaño de lote
    receptive field: campo receptivo
    """
)
_SIZES: Final = table(
    """
    size: tamaño, dimensión, longitud, lado
    height: alto, altura, número de filas
    width: ancho, anchura, número de columnas
    """
)

SPANISH: Final = Language(
    name="Spanish",
    roles=with_sizes(
        _ROLES,
        _SIZES,
        (
            "{size} del {array}",
            "{size} de la {array}",
            "{size} de {array}",
            "{size} de los {array}",
        ),
    ),
    sizes=_SIZES,
    links=words(
        """
        es, denota, representa, indica, significa, corresponde a, se denota por, sea, vale,
        se refiere a
        """
    ),
    plural_links=words("son, denotan, representan, indican, son respectivamente, sean"),
    fillers=words("el, la, los, las, un, una, unos, este, esta, nuestro, mismo, respectivamente"),
    joins=words("y, e, o"),
    starts=words("donde, aquí, sea, sean, con, para, por, siendo, en"),
    relations=words("de, del, en, para, con, por, sobre, que, usado, a, al"),
    negations=words("no, nunca, ni, tampoco"),
    others=words("anterior, siguiente, rotado, transpuesto, invertido, volteado"),
    lacks=words("sin, ningún"),
    one_based=(
        r"índices (?:empiezan|comienzan|inician|parten) (?:en|desde|por|de) (?:1|uno)\b",
        r"índices desde 1\b",
    ),
    zero_based=(
        r"índices (?:empiezan|comienzan|inician|parten) (?:en|desde|por|de) (?:0|cero)\b",
        r"índices desde 0\b",
    ),
    flipped=(
        (
            r"(?:kernel|filtro|núcleo) (?:se (?:voltea|invierte|rota|refleja|gira)|está "
            r"(?:volteado|invertido|rotado|reflejado)|es (?:volteado|invertido))"
        ),
    ),
    unflipped=(
        (
            r"(?:kernel|filtro|núcleo) no (?:se (?:voltea|invierte|rota|refleja|gira)|está "
            r"(?:volteado|invertido|rotado)|es (?:volteado|invertido))"
        ),
        r"sin (?:voltear|invertir|rotar)",
        r"(?:usamos|es|usa) (?:la |una )?correlación cruzada",
    ),
)
