"""Compares the peer with numbers of the published implementation and of the paper: `python check.py golden.json`."""

import copy
import json
import sys

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fake_quantize import FakeQuantizeActivation, FakeQuantizeWeight, normalize
from networks import create_network
from quantized_layers import Quantized, quantize
from sharpness import SharpnessAware
from steps import create_optimizer, saq_step

VALUE, GRADIENT = 1e-5, 1e-4


def expect_close(what: str, actual: Tensor, expected: list[float] | float, tolerance: float) -> None:
    expected = torch.tensor(expected).reshape(actual.shape)
    bound = tolerance * expected.abs() + tolerance * expected.abs().max()
    difference = (actual.detach() - expected).abs()
    if not bool((difference <= bound).all()):
        raise AssertionError(f"{what}: off by {difference.max().item():.3g}")


def check_quantizers(golden: dict) -> None:
    upstream = torch.tensor(golden["upstream"])
    for case in golden["cases"]:
        for function, (q, dx, dclip) in (
            (FakeQuantizeWeight, ("wq", "dw", "dclip_w")),
            (FakeQuantizeActivation, ("aq", "da", "dclip_a")),
        ):
            value = torch.tensor(golden["input"], requires_grad=True)
            clip = torch.tensor(case["clip"], requires_grad=True)
            output = function.apply(value, clip, case["k"])
            output.backward(upstream)
            where = f"{function.__name__}, {case['k']} bits, clip {case['clip']}"
            expect_close(where, output, case[q], VALUE)
            expect_close(f"{where}, gradient", value.grad, case[dx], GRADIENT)
            expect_close(f"{where}, gradient of the clip", clip.grad, case[dclip], GRADIENT)


class Toy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(3)
        self.conv2 = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        features = F.relu(self.bn1(self.conv(x)))
        features = F.relu(self.bn2(self.conv2(features)))
        return self.fc(features.mean((2, 3)))


def check_steps(golden: dict) -> None:
    """Two whole SAQ steps. The published ones move the running statistics in both passes; so do these."""
    model = quantize(Toy(), bits=4).train()
    ours = {
        name.replace("weight_clip", "weight_clip_value").replace("activation_clip", "activation_clip_value"): tensor
        for name, tensor in [*model.named_parameters(), *model.named_buffers()]
    }
    with torch.no_grad():
        for name, tensor in ours.items():
            tensor.copy_(torch.tensor(golden["init"][name]["v"]).reshape(tensor.shape))
        first = golden["steps"][0]["fc_clip_after_init"]
        model.fc.weight_clip.fill_(first["w"])
        model.fc.activation_clip.fill_(first["a"])
    sharpness = SharpnessAware(model, rho=0.4)
    optimizer = create_optimizer(model, sharpness, learning_rate=0.01)
    x = torch.tensor(golden["x"]).reshape(golden["x_shape"])
    y = torch.tensor(golden["y"])
    for step in golden["steps"]:
        optimizer.zero_grad()
        sharpness.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        expect_close("loss", loss, step["loss"], VALUE)
        for name, expected in step["grad_qweight"].items():
            expect_close(f"{name}, gradient", layer(model, name).perturbation.grad, expected, GRADIENT)
        sharpness.ascend()
        for name, expected in step["eps"].items():
            expect_close(f"{name}, perturbation", layer(model, name).perturbation, expected, GRADIENT)
        optimizer.zero_grad()
        perturbed = F.cross_entropy(model(x), y)
        perturbed.backward()
        expect_close("perturbed loss", perturbed, step["loss_perturbed"], VALUE)
        for name, expected in step["grad_second"].items():
            if expected is not None:
                expect_close(f"{name}, second gradient", ours[name].grad, expected, GRADIENT)
        sharpness.restore()
        optimizer.step()
        for name, tensor in ours.items():
            expect_close(f"{name}, afterwards", tensor, step["after"][name], VALUE)


def check_statistics() -> None:
    """A SAQ step moves the running statistics as its clean pass alone does."""
    torch.manual_seed(0)
    x, y = torch.randn(4, 2, 5, 5), torch.tensor([0, 1, 2, 0])
    stepping = quantize(Toy(), bits=4).train()
    passing = copy.deepcopy(stepping)
    sharpness = SharpnessAware(stepping, rho=0.4)
    saq_step(stepping, stepping, create_optimizer(stepping, sharpness), sharpness, x, y)
    passing(x)
    for name in ("running_mean", "running_var"):
        expected = getattr(passing.bn2, name).tolist()
        expect_close(f"batch norm's {name}", getattr(stepping.bn2, name), expected, VALUE)


def layer(model: nn.Module, name: str) -> Quantized:
    return model.get_submodule(name)


def check_network(name: str, expected: int) -> None:
    """Multiply-accumulates per image, convolutions and the dense layer, as the paper counts them."""
    model = create_network(name).eval()
    counted = 0

    def count(module: nn.Module, _inputs: tuple, output: Tensor) -> None:
        nonlocal counted
        counted += module.weight[0].numel() * output[0].numel()

    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(count)
    with torch.no_grad():
        model(torch.zeros(1, 3, 32, 32))
    if counted != expected:
        raise AssertionError(f"{name}: {counted} multiply-accumulates instead of {expected}")


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        reference = json.load(file)
    check_quantizers(reference["quantizer"])
    expect_close(
        "normalised weight",
        normalize(torch.tensor(reference["quantizer"]["input"])),
        reference["norm"]["normalized"],
        VALUE,
    )
    check_steps(reference["qsam_toy"])
    check_statistics()
    check_network("resnet20", 40_818_944)
    check_network("mobilenetv2-cifar", 91_270_144)
    print("the peer computes what the published implementation does")
