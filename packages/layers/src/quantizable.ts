import { checkOption, hasMethods, type Takes, type TrainableModel } from '@flatbit/core';
import type * as tf from '@tensorflow/tfjs';
import { createActivePass, type ActivePass } from './active-pass.js';
import { BatchStatistics, type StatisticsPolicy } from './batch-statistics.js';
import { findNormActivations } from './find-activations.js';
import { findOperands, unsupportedReason } from './find-operands.js';
import { findVariables } from './find-variables.js';
import { patchActivation, patchBatchNorm, type VarianceEstimate } from './patch-batch-norm.js';
import { patchNoise } from './patch-noise.js';
import { patchOperands } from './patch-operands.js';
import { patchRecurrentDropout } from './patch-recurrent-dropout.js';
import { walkLayers } from './walk-layers.js';

export interface QuantizableOptions {
  /** Keys the masks of dropout, noise and recurrent layers; 0 unless given. */
  readonly seed?: number;
  /** Which passes move batch norm's statistics; `clean` unless given. */
  readonly statistics?: StatisticsPolicy;
  /** How moving variances are estimated; `unbiased` unless given, `biased` is the stock layer's. */
  readonly variance?: VarianceEstimate;
}

const aModel: Takes = {
  words: 'a tf.LayersModel, such as tf.sequential(…) or smallCnn()',
  accepts: (value) => hasMethods('getClassName', 'apply')(value),
};

/**
 * Makes a `tf.LayersModel` trainable through the hooks. Its layers are patched until `dispose`, behave as before outside
 * our passes, and are then given back as they were.
 * @throws UsageError if it is none.
 */
export function quantizable(model: tf.LayersModel, options: QuantizableOptions = {}): TrainableModel {
  checkOption(model, 'quantizable', aModel);
  const { seed = 0, variance = 'unbiased' } = options;
  const statistics = new BatchStatistics(options.statistics ?? 'clean');
  const sites = walkLayers(model);
  const operands = sites.flatMap((site) => findOperands(site) ?? []);
  let running: ActivePass | undefined;
  const active = () => running;
  const normActivations = findNormActivations(model);
  const activationBehind = (norm: tf.layers.Layer) =>
    normActivations.find((found) => found.norm === norm)?.activation;
  const undo = [
    ...operands.map((layer) => patchOperands(layer, active)),
    ...sites.flatMap((site) => patchNoise(site, seed, active) ?? []),
    ...sites.flatMap((site) => patchRecurrentDropout(site, seed, active) ?? []),
    ...sites
      .filter(({ kind }) => kind === 'batchNormalization')
      .map((site) =>
        patchBatchNorm(
          site,
          { statistics, estimate: variance, activation: activationBehind(site.layer) },
          active,
        ),
      ),
    ...normActivations.map(({ layer }) => patchActivation(layer, statistics, active)),
  ];
  return {
    operands: operands.flatMap(({ activations, weights }) => [
      ...activations,
      ...weights.map(({ operand }) => operand),
    ]),
    variables: sites.flatMap(findVariables),
    unsupported: sites.flatMap((site) => unsupportedReason(site) ?? []),
    forward(inputs, pass, read) {
      const outer = running;
      running = createActivePass(pass, read);
      try {
        const output = model.apply(inputs.length === 1 ? inputs[0]! : [...inputs], {
          training: !pass.inference,
        });
        return [output].flat() as tf.Tensor[];
      } finally {
        running = outer;
      }
    },
    penalties: () => model.calculateLosses(),
    moveStatistics: (healthy) => statistics.move(healthy),
    discardStatistics: () => statistics.discard(),
    dispose() {
      statistics.discard();
      for (const giveBack of undo.splice(0).reverse()) giveBack();
    },
  };
}
