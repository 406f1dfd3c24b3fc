import type { EngineName } from '@flatbit/backends';
import type { ExperimentConfig } from '@flatbit/experiment';
import { join } from 'node:path';

export interface DigitsOptions {
  /** Folder of the three run folders. */
  readonly out: string;
  readonly seed: number;
  /** `wasm`, `tensorflow`, …; the best that is installed unless given. */
  readonly backend?: EngineName;
  /** Training images of the 10,000; 1,000 validate, 2,000 test. */
  readonly train: number;
  /** Channels of the network's first convolution. */
  readonly width: number;
  /** Epochs in full precision, and then at fewer bits. */
  readonly epochs: { readonly float: number; readonly quantized: number };
}

export const defaults: DigitsOptions = {
  out: 'runs/digits',
  seed: 1,
  train: 7000,
  width: 16,
  epochs: { float: 6, quantized: 3 },
};

/** Radius of the perturbation, and of the sharpness that is reported for all three. */
const rho = 0.05;

/** The paper's policy: first layer W8 with full-precision input, last W8A8, the rest at `bits`. */
function paperBits(bits: number) {
  return {
    weights: bits,
    activations: bits,
    first: { weights: 8, activations: 32 },
    last: { weights: 8, activations: 8 },
  };
}

/** One network in full precision, then the same at 4 and at 2 bits, each started from it and trained with SAQ. */
export function experiments({
  out,
  seed,
  backend,
  train,
  width,
  epochs,
}: DigitsOptions): readonly ExperimentConfig[] {
  const common = {
    seed,
    ...(backend !== undefined && { backend }),
    model: { name: 'small-cnn', width },
    data: { name: 'digits', split: { train, validation: 1000, test: 2000 }, augment: { crop: 1 } },
    batchSize: 64,
    schedule: { name: 'cosine' },
  } satisfies Partial<ExperimentConfig>;
  const quantized = (name: string, bits: number): ExperimentConfig => ({
    ...common,
    name,
    epochs: epochs.quantized,
    optimizer: { name: 'sgd', learningRate: 0.04, weightDecay: 5e-4 },
    start: join(out, 'float'),
    bits: paperBits(bits),
    sam: { rho },
  });
  return [
    {
      ...common,
      name: 'float',
      epochs: epochs.float,
      optimizer: { name: 'sgd', learningRate: 0.1, weightDecay: 2e-3 },
      // Trained plainly, and measured like the others.
      sam: { rho: 0, measureRho: rho },
    },
    quantized('w4a4', 4),
    quantized('w2a2', 2),
  ];
}
