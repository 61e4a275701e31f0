"""The words of which names of sizes are made, in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# A stem of three letters or more, or of another script, is looked for anywhere in a name, a short
# one among its words only.
STEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "kernel": "kern kernl filter filtr filtre filt noyau núcleo nucleo fenêtre fenetre fenster "
        "window ksize poolsize k 卷积核 滤波器 核 窗口 カーネル フィルタ 커널 필터 ядр фильтр окн",
        "stride": "strid str step 步长 步幅 步距 paso pas schritt zancada passo шаг "
        "ストライド 스트라이드 보폭",
        "padding": "pad tpad padd 填充 补零 relleno remplissage rembourrage auffüll паддинг отступ "
        "パディング 패딩",
        "dilation": "dilat dil rate atrous 膨胀 空洞 扩张 膨張 팽창 확장 dilatación расширен",
        "out": "out output sortie salida ausgabe ausgang 输出 输出的 出力 출력 выход saída saida o",
        "in": "in input inp entrée entree entrada eingabe eingang вход i image img 输入 入力 입력",
        "size": "size length len height width depth dim shape spatial hauteur largeur taille "
        "longueur alto ancho tamaño tamano höhe hohe breite größe grosse размер высот ширин "
        "尺寸 大小 长度 高度 宽度 サイズ 高さ 幅 크기 높이 너비",
        "channel": "channel chan ch canaux canal kanal kanäl maps канал "
        "通道 チャネル チャンネル 채널",
        "groups": "group 分组 组数 groupe grupo gruppe グループ 그룹 групп",
        "batch": "batch",
        "extent": "eff effective dilated 等效 有效",
        "total": "total tot",
        "before": "top left begin start before front 上 左 oben links haut gauche arriba izquierda",
        "after": "bottom right end after back 下 右 unten rechts bas droite abajo derecha",
        "field": "rf receptive 感受野 受容野 수용 champ campo",
        "jump": "jump cum cumprod 累积",
        "holes": "hole trou zeros",
        "rest": "resid remainder rest 余数",
        "many": "num number nb anzahl 数量 个数",
    }
)
HEIGHT: Final = frozenset(
    [
        "h",
        "height",
        "hauteur",
        "alto",
        "höhe",
        "高",
        "高度",
        "oh",
        "ih",
        "kh",
        "fh",
        "sh",
        "ph",
        "top",
        "bottom",
    ]
)
WIDTH: Final = frozenset(
    [
        "w",
        "width",
        "largeur",
        "ancho",
        "breite",
        "宽",
        "宽度",
        "ow",
        "iw",
        "kw",
        "fw",
        "sw",
        "pw",
        "left",
        "right",
    ]
)
