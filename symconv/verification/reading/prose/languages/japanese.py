"""Japanese."""

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
    kernel: カーネル, フィルタ, フィルター, 畳み込みカーネル, 重み, 重み行列, 核
    input: 入力, 入力画像, 画像, 入力信号, 入力特徴マップ, 入力データ, 入力行列
    output: 出力, 出力画像, 出力信号, 出力特徴マップ, 出力データ, 出力行列
    padded input: パディング後の入力, パディングした入力
    bias: バイアス
    loss: 損失, 損失関数, 誤差関数, コスト関数, 目的関数
    grad_output: 出力の勾配, 上流の勾配, 誤差項, 出力側の勾配, 上流からの勾配,
        逆伝播してきた勾配
    grad_input: 入力の勾配
    grad_weight: 重みの勾配, カーネルの勾配, フィルタの勾配
    grad_bias: バイアスの勾配
    stride: ストライド, ストライド幅, 歩幅
    stride height: 縦方向のストライド, 縦のストライド
    stride width: 横方向のストライド, 横のストライド
    dilation: ダイレーション, 膨張率, 拡張率
    padding: パディング, ゼロパディング, パディング幅, パディングサイズ, 余白
    total padding: パディングの合計, 合計パディング
    output padding: 出力パディング
    input channels: 入力チャネル, 入力チャンネル, 入力チャネル数, 入力チャンネル数,
        入力のチャネル数, 入力のチャンネル数
    output channels: 出力チャネル, 出力チャンネル, 出力チャネル数, 出力チャンネル数, フィルタ数,
        フィルター数, フィルタの数, フィルタの個数, 出力のチャンネル数, カーネル数
    groups: グループ数
    batch size: バッチサイズ, バッチ数
    receptive field: 受容野, 受容野サイズ, 受容野の大きさ
    """
)
_SIZES: Final = table(
    """
    size: サイズ, の大きさ, のサイズ, 長, の長さ
    height: の高さ, 高さ, の縦
    width: の幅, 幅, の横
    """
)

JAPANESE: Final = Language(
    name="Japanese",
    roles=with_sizes(_ROLES, _SIZES, ("{array}{size}",)),
    sizes=_SIZES,
    links=words("は, が, を, とは, として, ：, って"),
    plural_links=words("はそれぞれ, がそれぞれ"),
    fillers=words("この, その, それぞれ, 一つの, 二次元, 一次元, 元の"),
    joins=words("と, 及び, および, 、, や"),
    starts=words("ここで, ただし, なお, 但し, また"),
    relations=words(
        """
        である, です, とする, を表す, を示す, だ, で, とし, とおく, と呼ぶ, を意味する, であり,
        とします, を表します, の場合, のとき, をあらわす, を
        """
    ),
    negations=words("ではない, ではなく, でない, しない, ありません, なく"),
    others=words("前の層, 次の層, 反転した, 回転した, 転置した"),
    one_based=(
        r"(?:添字|添え字|インデックス|番号|添字番号)は\s*(?:1|１)\s*(?:から|始まり|はじまり)",
        r"1\s*始まり",
    ),
    zero_based=(
        r"(?:添字|添え字|インデックス|番号|添字番号)は\s*(?:0|０)\s*(?:から|始まり|はじまり)",
        r"0\s*始まり",
    ),
    flipped=(
        (
            r"(?:カーネル|フィルタ|フィルター)(?:を|は|が)(?:反転|180度回転)(?:する|させ|した|"
            r"して|され)"
        ),
    ),
    unflipped=(
        (
            r"(?:カーネル|フィルタ|フィルター)(?:を|は|が)(?:反転|180度回転)(?:しない|"
            r"させない|せず|されない)"
        ),
        r"反転(?:しない|せず|なし)",
        r"相互相関(?:である|です|を用いる|を使う)",
    ),
)
