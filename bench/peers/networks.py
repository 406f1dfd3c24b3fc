"""The two networks for 32×32 images that the bench trains."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def conv(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, size, stride, padding=(size - 1) // 2, groups=groups, bias=False)


class PreActivationBlock(nn.Module):
    """bn, ReLU, conv, bn, ReLU, conv. The first block of a stage takes its shortcut after its first ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int, opens_stage: bool) -> None:
        super().__init__()
        self.opens_stage = opens_stage
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = conv(inputs, outputs, 3, stride)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = conv(outputs, outputs, 3)
        self.shortcut = conv(inputs, outputs, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        activated = F.relu(self.bn1(x))
        shortcut = self.shortcut(activated if self.opens_stage else x)
        return self.conv2(F.relu(self.bn2(self.conv1(activated)))) + shortcut


class ResNet20(nn.Module):
    """Pre-activation, stages of 16, 32 and 64 channels."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = conv(3, 16, 3)
        blocks = []
        inputs = 16
        for stage, outputs in enumerate((16, 32, 64)):
            for block in range(3):
                stride = 2 if stage > 0 and block == 0 else 1
                blocks.append(PreActivationBlock(inputs, outputs, stride, opens_stage=block == 0))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.bn = nn.BatchNorm2d(inputs)
        self.dense = nn.Linear(inputs, classes)

    def forward(self, x: Tensor) -> Tensor:
        features = F.relu(self.bn(self.blocks(self.conv(x))))
        return self.dense(F.adaptive_avg_pool2d(features, 1).flatten(1))


class InvertedResidual(nn.Module):
    """Expand, depthwise, project; a shortcut wherever the stride is 1, through 1×1 and bn where the channels differ."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        super().__init__()
        hidden = expansion * inputs
        self.conv1 = conv(inputs, hidden, 1)
        self.bn1 = nn.BatchNorm2d(hidden)
        self.conv2 = conv(hidden, hidden, 3, stride, groups=hidden)
        self.bn2 = nn.BatchNorm2d(hidden)
        self.conv3 = conv(hidden, outputs, 1)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.shortcut = None
        if stride == 1:
            projected = nn.Sequential(conv(inputs, outputs, 1), nn.BatchNorm2d(outputs))
            self.shortcut = nn.Identity() if inputs == outputs else projected

    def forward(self, x: Tensor) -> Tensor:
        features = F.relu(self.bn1(self.conv1(x)))
        features = F.relu(self.bn2(self.conv2(features)))
        features = self.bn3(self.conv3(features))
        return features if self.shortcut is None else features + self.shortcut(x)


class MobileNetV2(nn.Module):
    """For small images: stride-1 stem, ReLU, an expansion in every block."""

    # Expansion, channels, blocks, stride of the first.
    stages = (
        (1, 16, 1, 1),
        (6, 24, 2, 1),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    )

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv1 = conv(3, 32, 3)
        self.bn1 = nn.BatchNorm2d(32)
        blocks = []
        inputs = 32
        for expansion, outputs, count, stride in self.stages:
            for block in range(count):
                blocks.append(InvertedResidual(inputs, outputs, expansion, stride if block == 0 else 1))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.conv2 = conv(inputs, 1280, 1)
        self.bn2 = nn.BatchNorm2d(1280)
        self.dense = nn.Linear(1280, classes)

    def forward(self, x: Tensor) -> Tensor:
        features = self.blocks(F.relu(self.bn1(self.conv1(x))))
        features = F.relu(self.bn2(self.conv2(features)))
        return self.dense(F.adaptive_avg_pool2d(features, 1).flatten(1))


networks = {"resnet20": ResNet20, "mobilenetv2-cifar": MobileNetV2}


def create_network(name: str, classes: int = 100) -> nn.Module:
    """Convolutions start He-normal by fan-out."""
    torch.manual_seed(0)
    model = networks[name](classes)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = math.prod(module.kernel_size) * module.out_channels // module.groups
            nn.init.normal_(module.weight, std=math.sqrt(2 / fan_out))
    return model
