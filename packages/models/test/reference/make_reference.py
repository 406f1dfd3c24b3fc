"""Writes what the networks of @flatbit/models are held against: small ones with their state dicts and logits, and counts at full size.

The networks are written from their descriptions, in plain PyTorch, with the parameter names of torchvision (ImageNet) and of the published
code of arXiv 2111.12273 (CIFAR). Run with torch 2.13.0, numpy and safetensors 0.8.0:

    python make_reference.py
"""

import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent


def conv(inputs, outputs, size=1, stride=1, groups=1):
    return nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, groups=groups, bias=False)


class PreActivationBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, opens_stage):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, outputs, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(outputs), conv(outputs, outputs, 3)
        self.downsample = conv(inputs, outputs, 1, stride) if stride > 1 else None
        self.opens_stage = opens_stage

    def forward(self, x):
        activated = F.relu(self.bn1(x))
        shortcut = activated if self.opens_stage else x
        if self.downsample is not None:
            shortcut = self.downsample(shortcut)
        return shortcut + self.conv2(F.relu(self.bn2(self.conv1(activated))))


class CifarResnet(nn.Module):
    def __init__(self, depth, width, classes):
        super().__init__()
        self.conv = conv(3, width, 3)
        channels = width
        for stage in range(3):
            blocks = []
            for block in range((depth - 2) // 6):
                outputs = width * 2**stage
                stride = 2 if stage > 0 and block == 0 else 1
                blocks.append(PreActivationBlock(channels, outputs, stride, block == 0))
                channels = outputs
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.bn, self.fc = nn.BatchNorm2d(channels), nn.Linear(channels, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.conv(x))))
        return self.fc(F.relu(self.bn(x)).mean((2, 3)))


class PostActivationBlock(nn.Module):
    def __init__(self, inputs, middle, stride, bottleneck):
        super().__init__()
        outputs = 4 * middle if bottleneck else middle
        shapes = (
            [(inputs, middle, 1, 1), (middle, middle, 3, stride), (middle, outputs, 1, 1)]
            if bottleneck
            else [(inputs, middle, 3, stride), (middle, outputs, 3, 1)]
        )
        self.depth = len(shapes)
        for position, shape in enumerate(shapes, 1):
            setattr(self, f"conv{position}", conv(*shape))
            setattr(self, f"bn{position}", nn.BatchNorm2d(shape[1]))
        self.downsample = None
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        for position in range(1, self.depth + 1):
            x = getattr(self, f"bn{position}")(getattr(self, f"conv{position}")(x))
            x = F.relu(x + shortcut if position == self.depth else x)
        return x


class ImagenetResnet(nn.Module):
    def __init__(self, depth, width, classes):
        super().__init__()
        blocks = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3)}[depth]
        self.conv1, self.bn1 = conv(3, width, 7, 2), nn.BatchNorm2d(width)
        channels = width
        for stage, count in enumerate(blocks):
            layer = []
            for block in range(count):
                middle = width * 2**stage
                layer.append(PostActivationBlock(channels, middle, 2 if stage > 0 and block == 0 else 1, depth == 50))
                channels = 4 * middle if depth == 50 else middle
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layer))
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        # PyTorch pads the pool with minus infinity.
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, stride=2, padding=1)
        return self.fc(self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3)))


# Expansion, channels at width 32, blocks, stride of the first block for ImageNet and for CIFAR.
STAGES = [
    (1, 16, 1, 1, 1),
    (6, 24, 2, 2, 1),
    (6, 32, 3, 2, 2),
    (6, 64, 4, 2, 2),
    (6, 96, 3, 1, 1),
    (6, 160, 3, 2, 2),
    (6, 320, 1, 1, 1),
]


def scaled(channels, width):
    return math.ceil(channels * width / 32)


class CifarInvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, expansion, stride):
        super().__init__()
        middle = expansion * inputs
        self.conv1, self.bn1 = conv(inputs, middle), nn.BatchNorm2d(middle)
        self.conv2, self.bn2 = conv(middle, middle, 3, stride, middle), nn.BatchNorm2d(middle)
        self.conv3, self.bn3 = conv(middle, outputs), nn.BatchNorm2d(outputs)
        self.stride = stride
        self.shortcut = nn.Sequential()
        if stride == 1 and inputs != outputs:
            self.shortcut = nn.Sequential(conv(inputs, outputs), nn.BatchNorm2d(outputs))

    def forward(self, x):
        inner = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        linear = self.bn3(self.conv3(inner))
        return linear + self.shortcut(x) if self.stride == 1 else linear


class CifarMobilenet(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.conv1, self.bn1 = conv(3, width, 3), nn.BatchNorm2d(width)
        blocks, channels = [], width
        for expansion, base, count, _, stride in STAGES:
            for block in range(count):
                outputs = scaled(base, width)
                blocks.append(CifarInvertedResidual(channels, outputs, expansion, stride if block == 0 else 1))
                channels = outputs
        self.layers = nn.Sequential(*blocks)
        head = scaled(1280, width)
        self.conv2, self.bn2, self.linear = conv(channels, head), nn.BatchNorm2d(head), nn.Linear(head, classes)

    def forward(self, x):
        x = self.layers(F.relu(self.bn1(self.conv1(x))))
        return self.linear(F.relu(self.bn2(self.conv2(x))).mean((2, 3)))


def rectified(convolution):
    return nn.Sequential(convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU6())


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, expansion, stride):
        super().__init__()
        middle = expansion * inputs
        expand = [rectified(conv(inputs, middle))] if expansion > 1 else []
        self.conv = nn.Sequential(
            *expand, rectified(conv(middle, middle, 3, stride, middle)), conv(middle, outputs), nn.BatchNorm2d(outputs)
        )
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.adds else self.conv(x)


class Mobilenet(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        features, channels = [rectified(conv(3, width, 3, 2))], width
        for expansion, base, count, stride, _ in STAGES:
            for block in range(count):
                outputs = scaled(base, width)
                features.append(InvertedResidual(channels, outputs, expansion, stride if block == 0 else 1))
                channels = outputs
        head = scaled(1280, width)
        self.features = nn.Sequential(*features, rectified(conv(channels, head)))
        self.classifier = nn.Sequential(nn.Identity(), nn.Linear(head, classes))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


def multiply_accumulates(network, height, width):
    """Of one image: for each value that a convolution or dense layer gives, the products that it sums."""
    macs = []

    def count(module, _, output):
        macs.append(output[0].numel() * module.weight[0].numel())

    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(count)
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, height, width))
    return sum(macs)


def stir(network):
    """Moves every weight and statistic away from 0 and 1, so that one that is left out, or swapped, would show."""
    generator = torch.Generator().manual_seed(7)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            fan_in = module.weight[0].numel()
            module.weight.data.normal_(0, math.sqrt(2 / fan_in), generator=generator)
        elif isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5, generator=generator)
            module.bias.data.uniform_(-0.4, 0.6, generator=generator)
            module.running_mean.uniform_(-0.3, 0.3, generator=generator)
            module.running_var.uniform_(0.6, 1.6, generator=generator)
        elif isinstance(module, nn.Linear):
            module.weight.data.uniform_(-0.5, 0.5, generator=generator)
            module.bias.data.uniform_(-0.5, 0.5, generator=generator)


def image(height, width):
    """sin(0, 1, 2, …), row by row, channels last; given to PyTorch with channels first."""
    values = torch.tensor([math.sin(index) for index in range(height * width * 3)])
    return values.reshape(1, height, width, 3).permute(0, 3, 1, 2).contiguous()


NETWORKS = {
    "resnet14": (lambda width, classes: CifarResnet(14, width, classes), 4, (9, 14)),
    "mobilenetv2-cifar": (CifarMobilenet, 2, (13, 18)),
    "resnet18": (lambda width, classes: ImagenetResnet(18, width, classes), 2, (37, 46)),
    "resnet34": (lambda width, classes: ImagenetResnet(34, width, classes), 1, (37, 46)),
    "resnet50": (lambda width, classes: ImagenetResnet(50, width, classes), 1, (37, 46)),
    "mobilenetv2": (Mobilenet, 2, (37, 46)),
}

FULL_SIZE = {
    "resnet20": (CifarResnet(20, 16, 100), 32),
    "resnet110": (CifarResnet(110, 16, 100), 32),
    "mobilenetv2-cifar": (CifarMobilenet(32, 100), 32),
    "resnet18": (ImagenetResnet(18, 64, 1000), 224),
    "resnet34": (ImagenetResnet(34, 64, 1000), 224),
    "resnet50": (ImagenetResnet(50, 64, 1000), 224),
    "mobilenetv2": (Mobilenet(32, 1000), 224),
}


def main():
    small = {}
    for name, (build, width, (height, columns)) in NETWORKS.items():
        network = build(width, 5)
        stir(network)
        with torch.no_grad():
            logits = network.double().eval()(image(height, columns).double())[0]
        save_file(network.float().state_dict(), HERE / f"{name}.safetensors")
        small[name] = {"width": width, "inputShape": [height, columns, 3], "logits": logits.tolist()}
    full = {
        name: {
            "parameters": sum(parameter.numel() for parameter in network.parameters()),
            "macs": multiply_accumulates(network, size, size),
        }
        for name, (network, size) in FULL_SIZE.items()
    }
    (HERE / "networks.json").write_text(json.dumps({"small": small, "full": full}, indent=2) + "\n")


main()
