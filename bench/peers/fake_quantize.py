"""LIQ's fake quantizers: Liu, Cai, Zhuang, arXiv 2111.12273. Levels are uniform, the range is learned, rounding is half to even."""

import torch
from torch import Tensor
from torch.autograd import Function


class FakeQuantizeActivation(Function):
    """`alpha * round(clip(x / alpha, 0, 1) * n) / n` with `alpha = |clip_value|`, `n = 2**bits - 1`."""

    @staticmethod
    def forward(ctx, x: Tensor, clip_value: Tensor, bits: int) -> Tensor:
        n = 2**bits - 1
        alpha = clip_value.abs()
        output = (x / alpha).clamp_(0, 1).mul_(n).round_().mul_(alpha / n)
        ctx.save_for_backward(x, output, clip_value)
        ctx.low = 0.0
        return output

    @staticmethod
    def backward(ctx, grad: Tensor):
        return straight_through(grad, *ctx.saved_tensors, ctx.low)


class FakeQuantizeWeight(Function):
    """`alpha * (2 * round((clip(w / alpha, -1, 1) + 1) / 2 * n) / n - 1)`: 2**bits levels, none of them zero."""

    @staticmethod
    def forward(ctx, w: Tensor, clip_value: Tensor, bits: int) -> Tensor:
        n = 2**bits - 1
        alpha = clip_value.abs()
        output = (w / alpha).clamp_(-1, 1).add_(1).mul_(n / 2).round_().mul_(2 / n).sub_(1).mul_(alpha)
        ctx.save_for_backward(w, output, clip_value)
        ctx.low = -1.0
        return output

    @staticmethod
    def backward(ctx, grad: Tensor):
        return straight_through(grad, *ctx.saved_tensors, ctx.low)


def straight_through(grad: Tensor, value: Tensor, output: Tensor, clip_value: Tensor, low: float):
    """To the value `1{inside}`, bounds included; to alpha `q - u * 1{inside}` with `u = value / alpha`, `q = output / alpha`."""
    alpha = clip_value.abs()
    inside = (value >= low * alpha) & (value <= alpha)
    grad_value = grad * inside
    grad_alpha = ((grad * output).sum() - (grad_value * value).sum()) / alpha
    return grad_value, grad_alpha * clip_value.sign(), None


def normalize(w: Tensor) -> Tensor:
    """Zero mean and unit (unbiased) variance over the whole tensor; both are outside the gradient."""
    with torch.no_grad():
        std, mean = torch.std_mean(w)
    return (w - mean) / std
