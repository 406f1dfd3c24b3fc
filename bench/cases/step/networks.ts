import { createModel } from '@flatbit/models';
import type * as tf from '@tensorflow/tfjs';

/** By name; the micro-network is for engines that would take minutes for a real one. */
const networks = {
  resnet20: () => createModel('resnet20', { classes: 100 }),
  'mobilenetv2-cifar': () => createModel('mobilenetv2-cifar', { classes: 100 }),
  'micro-resnet': () => createModel('resnet8', { classes: 10, width: 4, inputShape: [16, 16, 3] }),
};

export type NetworkName = keyof typeof networks;

export const networkNames = Object.keys(networks) as NetworkName[];

/** @throws UsageError when the network is not there. */
export function buildNetwork(name: NetworkName): tf.LayersModel {
  return networks[name]();
}
