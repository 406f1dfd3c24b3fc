"""The three training steps that are compared."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from networks import create_network
from quantized_layers import quantize
from sharpness import SharpnessAware, frozen_statistics

RHO = 0.4
# So small that an untrained network stays as it is: every step does the same work, however many are taken.
LEARNING_RATE = 1e-9
KINDS = ("full-precision", "quantization-aware", "saq")


def create_optimizer(
    model: nn.Module, sharpness: SharpnessAware | None = None, learning_rate: float = LEARNING_RATE
) -> torch.optim.SGD:
    """Nesterov SGD with weight decay on everything that learns."""
    kept_out = {id(perturbation) for perturbation in sharpness.perturbations} if sharpness else set()
    parameters = [parameter for parameter in model.parameters() if id(parameter) not in kept_out]
    return torch.optim.SGD(parameters, lr=learning_rate, momentum=0.9, nesterov=True, weight_decay=1e-4)


def plain_step(forward: Callable[[Tensor], Tensor], optimizer: torch.optim.SGD, x: Tensor, y: Tensor) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(forward(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def saq_step(
    model: nn.Module,
    forward: Callable[[Tensor], Tensor],
    optimizer: torch.optim.SGD,
    sharpness: SharpnessAware,
    x: Tensor,
    y: Tensor,
) -> float:
    optimizer.zero_grad()
    sharpness.zero_grad()
    loss = F.cross_entropy(forward(x), y)
    loss.backward()
    sharpness.ascend()
    try:
        optimizer.zero_grad()
        with frozen_statistics(model):
            F.cross_entropy(forward(x), y).backward()
    finally:
        sharpness.restore()
    optimizer.step()
    return loss.item()


def create_step(
    network: str, kind: str, batch: int, channels_last: bool = False, compiled: bool = False
) -> Callable[[], float]:
    """A step on one random batch that can be taken again and again; answers the loss of the clean pass."""
    model = create_network(network).train()
    if kind != "full-precision":
        quantize(model, bits=4)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    model.to(memory_format=layout)
    sharpness = SharpnessAware(model, RHO) if kind == "saq" else None
    optimizer = create_optimizer(model, sharpness)
    forward = torch.compile(model) if compiled else model
    x = torch.randn(batch, 3, 32, 32).contiguous(memory_format=layout)
    y = torch.randint(100, (batch,))
    if sharpness:
        return lambda: saq_step(model, forward, optimizer, sharpness, x, y)
    return lambda: plain_step(forward, optimizer, x, y)
