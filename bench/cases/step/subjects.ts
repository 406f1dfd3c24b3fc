import type { EngineName } from '@flatbit/backends';
import type { NetworkName } from './networks.js';

/** What is trained where: everything that is measured on one subject is compared. */
export interface Subject {
  readonly engine: EngineName;
  readonly network: NetworkName;
  readonly batch: number;
}

export const subjects: readonly Subject[] = [
  { engine: 'tensorflow', network: 'resnet20', batch: 128 },
  { engine: 'tensorflow', network: 'mobilenetv2-cifar', batch: 128 },
  { engine: 'wasm', network: 'resnet20', batch: 32 },
  { engine: 'wasm', network: 'mobilenetv2-cifar', batch: 8 },
  { engine: 'cpu', network: 'micro-resnet', batch: 4 },
  { engine: 'webgpu', network: 'micro-resnet', batch: 4 },
];
