import { defineExperiment } from '@flatbit/experiment';

/** Full precision: where the quantized ones start. `flatbit train examples/fixed-precision/digits-float.ts` */
export default defineExperiment({
  model: { name: 'small-cnn', width: 16 },
  data: { name: 'digits', split: { train: 7000, validation: 1000, test: 2000 } },
  epochs: 6,
  optimizer: { name: 'sgd', learningRate: 0.1, weightDecay: 1e-4 },
  schedule: { name: 'cosine' },
});
