"""Layers that fake-quantize their weight and their input, and the swap that puts them into a network."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fake_quantize import FakeQuantizeActivation, FakeQuantizeWeight, normalize


class Quantized:
    """What a quantized convolution and a quantized dense layer share. `activation_bits` 32 leaves the input as it is."""

    weight_bits: int
    activation_bits: int
    perturbation: nn.Parameter | None

    def set_bits(self, weight_bits: int, activation_bits: int, weight_clip: float) -> None:
        self.weight_bits = weight_bits
        self.activation_bits = activation_bits
        self.weight_clip = nn.Parameter(torch.tensor(weight_clip))
        self.activation_clip = nn.Parameter(torch.tensor(1.0)) if activation_bits < 32 else None
        self.perturbation = None

    def quantized_input(self, x: Tensor) -> Tensor:
        if self.activation_clip is None:
            return x
        return FakeQuantizeActivation.apply(x, self.activation_clip, self.activation_bits)

    def quantized_weight(self, w: Tensor) -> Tensor:
        w = FakeQuantizeWeight.apply(w, self.weight_clip, self.weight_bits)
        return w if self.perturbation is None else w + self.perturbation


class QuantizedConv2d(Quantized, nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(
            self.quantized_input(x), self.quantized_weight(normalize(self.weight)), self.bias
        )


class QuantizedLinear(Quantized, nn.Linear):
    def forward(self, x: Tensor) -> Tensor:
        return F.linear(self.quantized_input(x), self.quantized_weight(self.weight), self.bias)


def quantize(model: nn.Module, bits: int) -> nn.Module:
    """The paper's policy, in place: first convolution W8 with full-precision input, dense layer W8A8, the rest W = A = bits."""
    first = True
    for module in list(model.modules()):
        if isinstance(module, nn.Conv2d):
            module.__class__ = QuantizedConv2d
            module.set_bits(8 if first else bits, 32 if first else bits, weight_clip=1.0)
            first = False
        elif isinstance(module, nn.Linear):
            module.__class__ = QuantizedLinear
            module.set_bits(8, 8, weight_clip=0.8 * module.weight.detach().abs().max().item())
    return model
