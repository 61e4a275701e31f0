"""Channels that are counted by group and place, g K_g + k, or shared out, floor(o / m)."""

from __future__ import annotations

import pytest

from symconv.verification.verify import verify

SUMS = "c=0..Cg-1, u=0..R-1, v=0..S-1"
GROUPED = [
    f"out[b, g*Kg+k, i, j] = sum(x[b, g*Cg+c, i*s+u, j*s+v]*w[g*Kg+k, c, u, v], {SUMS})",
    f"out[b, k+g*Kg, i, j] = sum(x[b, c+g*Cg, i+u, j+v]*w[k+g*Kg, c, u, v], {SUMS})",
    r"y_{n,gK_g+k,i,j} = \sum_{c=0}^{C_g-1}\sum_{u,v} x_{n,gC_g+c,i+u,j+v} w_{gK_g+k,c,u,v}",
]
SPREAD = [
    "out[o,i] = sum(x[o // m, i+u]*w[o,u], u=0..K-1)",
    r"y_{o,i} = \sum_{u=0}^{K-1} x_{\lfloor o/m \rfloor, i+u} w_{o,u}",
    "out[g*M+m, i] = sum(x[g,i+u]*w[g*M+m,u], u=0..K-1)",
    "dx[b,g*Cg+c,i] = sum(dy[b,g*Kg+k,i-u]*w[g*Kg+k,c,u], k=0..Kg-1, u=0..R-1)",
    "out[b, g*n+k, i] = sum(x[b, g*n+c, i+u]*w[g*n+k, c, u], c=0..n-1, u=0..R-1)",
]


def statuses(text):
    return [verdict.status for verdict in verify(text).verdicts]


@pytest.mark.parametrize("text", GROUPED)
def test_channels_of_groups_are_read_as_channels(text):
    assert statuses(f"$${text}$$") == ["proved"]


@pytest.mark.parametrize("text", SPREAD)
def test_channels_that_no_layout_has_are_never_refuted(text):
    assert "refuted" not in statuses(f"$${text}$$")
