import { meanSquaredError, softmaxCrossEntropy, UsageError, type Loss } from '@flatbit/core';
import { quantizable } from '@flatbit/layers';
import { ContainerModule } from 'inversify';
import { atKey } from './build/at-key.js';
import { buildData } from './build/build-data.js';
import { buildModel } from './build/build-model.js';
import { buildOptimizer } from './build/build-optimizer.js';
import type { ResolvedExperiment } from './resolve-experiment.js';
import { DATA, EXPERIMENT, LOSS, MODEL, NETWORK, OPTIMIZER } from './tokens.js';

/** Binds what every experiment has: data, network, loss, optimizer. */
export function experimentModule(experiment: ResolvedExperiment): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(EXPERIMENT).toConstantValue(experiment);
    bind(DATA).toResolvedValue((settings) => atKey('data', () => buildData(settings)), [EXPERIMENT]);
    bind(NETWORK).toResolvedValue(
      (settings, data) => atKey('model', () => buildModel(settings, data)),
      [EXPERIMENT, DATA],
    );
    bind(MODEL).toResolvedValue(
      ({ seed, batchNorm }, network) => quantizable(network, { seed, ...batchNorm }),
      [EXPERIMENT, NETWORK],
    );
    bind(LOSS).toResolvedValue((settings) => ({ loss: lossOf(settings) }), [EXPERIMENT]);
    bind(OPTIMIZER).toResolvedValue(
      (settings) => atKey('optimizer', () => buildOptimizer(settings)),
      [EXPERIMENT],
    );
  });
}

function lossOf({ loss, data }: ResolvedExperiment): Loss {
  if (typeof loss === 'function') return loss;
  if (loss === 'softmaxCrossEntropy') return softmaxCrossEntropy;
  if ('name' in data)
    throw new UsageError(
      `loss: got "meanSquaredError" with the classes of "${data.name}"; takes batch sources of your own, or softmaxCrossEntropy`,
    );
  return meanSquaredError;
}
