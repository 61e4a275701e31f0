"""Korean."""

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
    kernel: 커널, 필터, 합성곱 커널, 합성곱 필터, 가중치, 가중치 행렬, 컨볼루션 필터
    input: 입력, 입력 이미지, 이미지, 입력 신호, 입력 특징맵, 입력 데이터, 입력값, 입력 영상
    output: 출력, 출력 이미지, 출력 신호, 출력 특징맵, 출력 데이터, 출력값
    padded input: 패딩된 입력, 패딩한 입력
    bias: 편향, 바이어스
    loss: 손실, 손실 함수, 손실함수, 비용 함수, 비용함수, 오차 함수
    grad_output: 출력의 기울기, 출력 기울기, 출력에 대한 기울기, 상류 기울기, 출력의 그래디언트
    grad_input: 입력의 기울기, 입력 기울기, 입력에 대한 기울기
    grad_weight: 가중치의 기울기, 필터의 기울기, 가중치에 대한 기울기, 커널의 기울기
    grad_bias: 편향의 기울기, 편향에 대한 기울기
    stride: 스트라이드, 보폭, 스트라이드 크기
    stride height: 세로 스트라이드, 수직 스트라이드
    stride width: 가로 스트라이드, 수평 스트라이드
    dilation: 팽창률, 확장률, 딜레이션, 팽창 비율
    padding: 패딩, 제로 패딩, 패딩 크기, 제로패딩
    total padding: 전체 패딩, 총 패딩
    output padding: 출력 패딩
    input channels: 입력 채널, 입력 채널 수, 입력 채널의 수, 입력 채널수, 입력의 채널 수
    output channels: 출력 채널, 출력 채널 수, 출력 채널의 수, 출력 채널수, 필터 수, 필터의 수,
        필터 개수, 필터의 개수, 커널의 개수
    groups: 그룹 수
    batch size: 배치 크기, 배치 사이즈
    receptive field: 수용 영역, 수용장, 수용 영역 크기
    """
)
_SIZES: Final = table(
    """
    size: 크기, 사이즈, 길이
    height: 높이, 세로, 세로 길이
    width: 너비, 폭, 가로, 가로 길이
    """
)

KOREAN: Final = Language(
    name="Korean",
    roles=with_sizes(_ROLES, _SIZES, ("{array} {size}", "{array}의 {size}", "{array}{size}")),
    sizes=_SIZES,
    links=words("은, 는, 이, 가, 을, 를, 란, 이란"),
    plural_links=words("은 각각, 는 각각"),
    fillers=words("이, 그, 각각, 하나의, 2차원, 1차원, 원본"),
    joins=words("와, 과, 및, 그리고"),
    starts=words("여기서, 여기에서, 단, 이때"),
    relations=words(
        """
        이다, 입니다, 이고, 라고, 로, 으로, 라, 를, 을, 이며, 다, 고, 이라고, 를 나타낸다,
        의미한다, 에서, 일, 인, 나타낸다, 의미, 이라
        """
    ),
    negations=words("아니다, 아니라, 아닌, 않는다, 않고"),
    others=words("이전 층, 다음 층, 뒤집은, 회전한, 이전, 다음"),
    one_based=(
        r"(?:인덱스|색인|첨자)(?:는|은|가)\s*1\s*부터",
        r"1부터 시작(?:하는|되는) 인덱스",
    ),
    zero_based=(
        r"(?:인덱스|색인|첨자)(?:는|은|가)\s*0\s*부터",
        r"0부터 시작(?:하는|되는) 인덱스",
    ),
    flipped=(
        (
            r"(?:커널|필터)(?:를|을|는|은|이|가)\s*(?:뒤집는다|뒤집어|뒤집은|뒤집힌다|뒤집고|"
            r"뒤집습니다|회전)"
        ),
    ),
    unflipped=(
        r"(?:커널|필터)(?:를|을|는|은|이|가)\s*(?:뒤집지 않|뒤집히지 않)",
        r"뒤집지 않",
        r"(?:교차 상관|상호상관|교차상관)(?:이다|입니다|을 사용)",
    ),
)
