import type * as tf from '@tensorflow/tfjs';
import { blockPosition } from './mobilenet-v2.js';

/** What the PyTorch module is called that holds the weights of one of our layers. */
export type PyTorchNames = (layer: string) => string;

/**
 * The names that our networks have in PyTorch: those of torchvision for ImageNet, those of the paper's published code for CIFAR. For any
 * other model a layer's own name, with dots for slashes.
 */
export function pytorchNames(model: tf.LayersModel): PyTorchNames {
  switch (true) {
    case model.name === 'mobilenetv2':
      return torchvisionMobilenet;
    case model.name === 'mobilenetv2-cifar':
      return cifarMobilenet;
    case /^resnet\d+$/.test(model.name):
      return isForImagenet(model) ? torchvisionResnet : cifarResnet;
    default:
      return dotted;
  }
}

/** Both families have a depth 50. */
function isForImagenet(model: tf.LayersModel): boolean {
  return model.layers.some(({ name }) => name === 'maxpool');
}

const dotted: PyTorchNames = (layer) => layer.replaceAll('/', '.');

const cifarResnet = named({
  outside: { dense: 'fc' },
  block: (stage, block) => `layer${stage}.${block - 1}`,
  inside: () => ({ shortcut: 'downsample' }),
});

const torchvisionResnet = named({
  outside: { conv: 'conv1', bn: 'bn1', dense: 'fc' },
  block: (stage, block) => `layer${stage}.${block - 1}`,
  inside: () => ({ shortcut: 'downsample.0', 'shortcut/bn': 'downsample.1' }),
});

const cifarMobilenet = named({
  outside: { conv: 'conv1', 'conv/bn': 'bn1', head: 'conv2', 'head/bn': 'bn2', dense: 'linear' },
  block: (stage, block) => `layers.${blockPosition(stage, block) - 1}`,
  inside: () => ({
    expand: 'conv1',
    'expand/bn': 'bn1',
    depthwise: 'conv2',
    'depthwise/bn': 'bn2',
    project: 'conv3',
    'project/bn': 'bn3',
    shortcut: 'shortcut.0',
    'shortcut/bn': 'shortcut.1',
  }),
});

const torchvisionMobilenet = named({
  outside: {
    conv: 'features.0.0',
    'conv/bn': 'features.0.1',
    head: 'features.18.0',
    'head/bn': 'features.18.1',
    dense: 'classifier.1',
  },
  block: (stage, block) => `features.${blockPosition(stage, block)}.conv`,
  inside: (stage) => {
    // The first block has no expansion, so that everything is one place further ahead.
    const ahead = stage === 1 ? 1 : 0;
    return {
      expand: '0.0',
      'expand/bn': '0.1',
      depthwise: `${1 - ahead}.0`,
      'depthwise/bn': `${1 - ahead}.1`,
      project: `${2 - ahead}`,
      'project/bn': `${3 - ahead}`,
    };
  },
});

interface Naming {
  readonly outside: Readonly<Record<string, string>>;
  /** Stages and blocks count from 1. */
  readonly block: (stage: number, block: number) => string;
  readonly inside: (stage: number) => Readonly<Record<string, string>>;
}

/** Names by place; a layer without one keeps its own. */
function named({ outside, block, inside }: Naming): PyTorchNames {
  return (layer) => {
    const place = /^stage(\d+)\/block(\d+)\/(.+)$/.exec(layer);
    if (!place) return outside[layer] ?? layer;
    const [stage, position] = [Number(place[1]), Number(place[2])];
    return `${block(stage, position)}.${inside(stage)[place[3]!] ?? place[3]!}`;
  };
}
