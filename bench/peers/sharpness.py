"""The perturbation of sharpness-aware quantization: arXiv 2111.12273, case 3."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from quantized_layers import Quantized


class SharpnessAware:
    """Moves everything by `rho * g / (|g| + 1e-12)`: quantized weights, biases, batch norm, activation clip values."""

    def __init__(self, model: nn.Module, rho: float) -> None:
        self.rho = rho
        layers = [module for module in model.modules() if isinstance(module, Quantized)]
        norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
        # Zero between steps. Its gradient is the gradient with respect to the quantized weight.
        for layer in layers:
            layer.perturbation = nn.Parameter(torch.zeros_like(layer.weight))
        self.perturbations = [layer.perturbation for layer in layers]
        self.in_place = [layer.bias for layer in layers if layer.bias is not None]
        self.in_place += [layer.activation_clip for layer in layers if layer.activation_clip is not None]
        self.in_place += [parameter for norm in norms for parameter in (norm.weight, norm.bias)]

    def zero_grad(self) -> None:
        for perturbation in self.perturbations:
            perturbation.grad = None

    @torch.no_grad()
    def ascend(self) -> None:
        moved = [*self.perturbations, *self.in_place]
        scale = self.rho / (nn.utils.get_total_norm([parameter.grad for parameter in moved]) + 1e-12)
        self.saved = [parameter.clone() for parameter in moved]
        for parameter in moved:
            parameter.add_(parameter.grad * scale)

    @torch.no_grad()
    def restore(self) -> None:
        for parameter, value in zip([*self.perturbations, *self.in_place], self.saved, strict=True):
            parameter.copy_(value)


@contextmanager
def frozen_statistics(model: nn.Module) -> Iterator[None]:
    """Batch norm normalises with the batch and leaves its running statistics alone."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    try:
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
