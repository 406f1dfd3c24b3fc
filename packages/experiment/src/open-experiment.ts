import { accuracy, createTraining, type BitAllocation, type Training } from '@flatbit/core';
import { BIT_ALLOCATION, TRAINING_PLUGIN } from '@flatbit/core/tokens';
import type { LayersModel } from '@tensorflow/tfjs';
import type { ContainerModule } from 'inversify';
import type { ExperimentData } from './build/build-data.js';
import { createContainer } from './create-container.js';
import { DATA, EXPERIMENT, LOSS, MODEL, NETWORK, OPTIMIZER } from './tokens.js';

/** An experiment, wired and ready to train. */
export interface OpenExperiment {
  readonly training: Training;
  /** The network that is trained. */
  readonly network: LayersModel;
  readonly data: ExperimentData;
  readonly bits: BitAllocation;
  /** Frees the plugins, the optimizer and the network. */
  dispose(): void;
}

/** Makes a training of modules; frees what it had made if it cannot. @throws UsageError for what does not fit together. */
export function openExperiment(
  modules: readonly ContainerModule[],
  warn: (line: string) => void,
): OpenExperiment {
  const container = createContainer(modules);
  const { loss } = container.get(LOSS);
  const optimizer = container.get(OPTIMIZER);
  const plugins = container.getAll(TRAINING_PLUGIN);
  const network = container.get(NETWORK);
  try {
    const training = createTraining({
      model: container.get(MODEL),
      loss,
      optimizer,
      plugins,
      metrics: container.get(EXPERIMENT).loss === 'softmaxCrossEntropy' ? { accuracy } : {},
      warn,
    });
    return {
      training,
      network,
      data: container.get(DATA),
      bits: container.get(BIT_ALLOCATION),
      dispose() {
        training.dispose();
        network.dispose();
      },
    };
  } catch (error) {
    network.dispose();
    throw error;
  }
}
