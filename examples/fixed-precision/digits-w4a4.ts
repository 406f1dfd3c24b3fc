import { defineExperiment } from '@flatbit/experiment';

/** Four bits with a sharpness-aware perturbation, from the weights of digits-float. */
export default defineExperiment({
  model: { name: 'small-cnn', width: 16 },
  data: { name: 'digits', split: { train: 7000, validation: 1000, test: 2000 } },
  start: 'runs/digits-float',
  epochs: 4,
  optimizer: { name: 'sgd', learningRate: 0.02, weightDecay: 1e-4 },
  schedule: { name: 'cosine' },

  // Another quantizer is another line: { name: 'lsq' }, { name: 'minMax' }, …
  quantizer: { name: 'liq' },
  // The paper's policy: 8-bit weights first, 8 bits last, 4 in between.
  bits: { weights: 4, activations: 4, first: { weights: 8, activations: 32 }, last: 8 },
  sam: { rho: 0.05 },
});
