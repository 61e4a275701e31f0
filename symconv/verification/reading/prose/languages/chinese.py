"""Chinese."""

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
    kernel: 卷积核, 滤波器, 过滤器, 核, 权重, 权重矩阵, 核函数, 卷积核矩阵, 卷积模板
    input: 输入, 输入图像, 输入图片, 输入特征图, 输入矩阵, 输入信号, 图像, 输入数据, 输入特征,
        输入张量
    output: 输出, 输出图像, 输出特征图, 输出矩阵, 输出信号, 卷积结果, 输出特征, 输出张量
    padded input: 填充后的输入, 补零后的输入, 填充后的图像, 填充后的输入图像
    bias: 偏置, 偏置项, 偏差, 偏移量
    loss: 损失, 损失函数, 代价函数, 误差函数, 目标函数, 代价
    grad_output: 上游梯度, 误差项, 输出的梯度, 输出梯度, 敏感度, 灵敏度, 敏感度图,
        损失对输出的梯度, 回传的梯度
    grad_input: 输入的梯度, 输入梯度, 损失对输入的梯度
    grad_weight: 权重的梯度, 权重梯度, 卷积核的梯度, 损失对权重的梯度, 损失对卷积核的梯度
    grad_bias: 偏置的梯度, 偏置梯度, 损失对偏置的梯度
    stride: 步长, 步幅, 滑动步长, 移动步长, 卷积步长
    stride height: 垂直步长, 纵向步长, 垂直方向的步长, 垂直步幅, 高度方向的步长
    stride width: 水平步长, 横向步长, 水平方向的步长, 水平步幅, 宽度方向的步长
    dilation: 膨胀率, 空洞率, 扩张率, 膨胀系数, 空洞系数, 扩张系数, 膨胀因子
    padding: 填充, 零填充, 边缘填充, 补零, 填充大小, 填充数, 补零数, 填充量, 填充的大小,
        补零的圈数, 填充的圈数
    padding height: 高度方向的填充, 垂直填充
    padding width: 宽度方向的填充, 水平填充
    total padding: 总填充, 填充总数, 总的填充, 总填充量
    output padding: 输出填充
    input channels: 输入通道, 输入通道数, 输入的通道数, 输入特征图的通道数, 输入通道的数量
    output channels: 输出通道, 输出通道数, 输出的通道数, 卷积核个数, 卷积核的个数, 滤波器个数,
        滤波器的个数, 卷积核数量, 卷积核的数量, 滤波器数量, 卷积核数
    groups: 组数, 分组数
    batch size: 批大小, 批量大小, 批次大小, 样本数, 样本个数
    receptive field: 感受野, 感受野大小
    effective kernel size: 等效卷积核大小, 等效卷积核尺寸, 有效卷积核大小, 等效核大小
    """
)
_SIZES: Final = table(
    """
    size: 大小, 尺寸, 长度, 边长
    height: 高度, 高, 行数
    width: 宽度, 宽, 列数
    """
)

CHINESE: Final = Language(
    name="Chinese",
    roles=with_sizes(_ROLES, _SIZES, ("{array}{size}", "{array}的{size}")),
    sizes=_SIZES,
    links=words(
        """
        是, 为, 表示, 代表, 指, 即, 指的是, 记为, 记作, 等于, 设为, 作为, 表示的是, 就是, 用,
        称为
        """
    ),
    plural_links=words("分别是, 分别为, 分别表示, 分别代表, 分别指, 都是, 均为"),
    fillers=words("该, 这个, 一个, 此, 二维, 一维, 原始, 给定的, 分别, 的, 单个, 第一个"),
    joins=words("和, 与, 以及, 及, 、"),
    starts=words("其中, 这里, 设, 令, 假设, 记, 若, 如果, 当, 此处, 式中, 注, 用"),
    relations=words("在, 所用, 时, ，, 则, 且, 并, （, 而, ，且, 上"),
    negations=words("不是, 并非, 不为, 而不是, 没有, 不"),
    others=words(
        """
        上一层, 下一层, 前一层, 后一层, 上一, 下一, 旋转后的, 翻转后的, 转置后的, 展开后的
        """
    ),
    lacks=words("没有, 无, 不使用, 不用, 不加, 不进行, 无需"),
    units=words("单位"),
    one_based=(
        (
            r"(?:下标|索引|编号|序号|指标)(?:都|均)?(?:从|由|以)\s*(?:1|１|一)\s*(?:开始|起|"
            r"为起点)"
        ),
        r"从\s*1\s*开始(?:编号|计数|索引)",
    ),
    zero_based=(
        (
            r"(?:下标|索引|编号|序号|指标)(?:都|均)?(?:从|由|以)\s*(?:0|０|零)\s*(?:开始|起|"
            r"为起点)"
        ),
        r"从\s*0\s*开始(?:编号|计数|索引)",
    ),
    flipped=(
        r"(?:卷积核|滤波器|核)(?:要|需要|先|需)?(?:被)?(?:翻转|旋转180|旋转\s*180|反转)",
        r"真正的卷积|数学上的卷积",
    ),
    unflipped=(
        r"(?:卷积核|滤波器|核)?(?:不|不需要|不进行|没有|不被|不做|无需)(?:翻转|旋转)",
        r"(?:使用|采用|是|其实是|实际上是|指的是)\s*互相关",
    ),
)
