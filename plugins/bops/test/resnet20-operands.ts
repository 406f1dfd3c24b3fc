import type { BitAllocation, Operand } from '@flatbit/core';

interface Layer {
  readonly name: string;
  readonly kernelSize: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly positions: number;
}

/** The weights of the CIFAR ResNet-20 with 100 classes, written down from its description. */
const layers: readonly Layer[] = [
  { name: 'conv', kernelSize: [3, 3], from: 3, to: 16, positions: 32 * 32 },
  ...[1, 2, 3, 4, 5, 6].map((n) => ({
    name: `stage1/${n}`,
    kernelSize: [3, 3],
    from: 16,
    to: 16,
    positions: 32 * 32,
  })),
  { name: 'stage2/1', kernelSize: [3, 3], from: 16, to: 32, positions: 16 * 16 },
  { name: 'stage2/shortcut', kernelSize: [1, 1], from: 16, to: 32, positions: 16 * 16 },
  ...[2, 3, 4, 5, 6].map((n) => ({
    name: `stage2/${n}`,
    kernelSize: [3, 3],
    from: 32,
    to: 32,
    positions: 16 * 16,
  })),
  { name: 'stage3/1', kernelSize: [3, 3], from: 32, to: 64, positions: 8 * 8 },
  { name: 'stage3/shortcut', kernelSize: [1, 1], from: 32, to: 64, positions: 8 * 8 },
  ...[2, 3, 4, 5, 6].map((n) => ({
    name: `stage3/${n}`,
    kernelSize: [3, 3],
    from: 64,
    to: 64,
    positions: 8 * 8,
  })),
  { name: 'dense', kernelSize: [], from: 64, to: 100, positions: 1 },
];

export const resnet20Operands: readonly Operand[] = layers.flatMap(
  ({ name, kernelSize, from, to, positions }) => {
    const common = {
      layer: name,
      layerKind: kernelSize.length > 0 ? 'conv2d' : 'dense',
      channelAxes: [],
      first: name === 'conv',
      last: name === 'dense',
    };
    const input: Operand = {
      ...common,
      key: `${name}/input:0`,
      slot: 'input:0',
      role: 'activation',
      shape: [null],
    };
    const kernel: Operand = {
      ...common,
      key: `${name}/kernel`,
      slot: 'kernel',
      role: 'weight',
      shape: [...kernelSize, from, to],
      multiplies: input.key,
      geometry: { kernelSize, inChannels: from, outChannels: to, groups: 1, positions },
    };
    return [input, kernel];
  },
);

/** First layer W8 with full-precision input, last W8A8, the rest W = A. */
export function ends8(bits: number): BitAllocation {
  return { bitsFor: ({ first, last, role }) => (last ? 8 : first ? (role === 'weight' ? 8 : 32) : bits) };
}
