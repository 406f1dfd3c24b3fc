import type { RegisteredVariable, TrainingPlugin, VariableRegistry } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

/** Copies every moving statistic of the model twice per step. */
export interface WatchStatisticsPlugin extends TrainingPlugin {
  /** By key: when the passes of the last step were over. */
  readonly afterPasses: Map<string, tf.Tensor>;
  /** By key: right after its update. */
  readonly afterUpdate: Map<string, tf.Tensor>;
}

/** The model's; a plugin may keep statistics of its own. */
export function batchStatistics(variables: VariableRegistry): readonly RegisteredVariable[] {
  return variables.withRole('statistic').filter(({ owner }) => owner === 'model');
}

export function watchStatisticsPlugin(): WatchStatisticsPlugin {
  const name = 'contract-watch-statistics';
  const afterPasses = new Map<string, tf.Tensor>();
  const afterUpdate = new Map<string, tf.Tensor>();
  let statistics: readonly RegisteredVariable[] = [];
  const copyInto = (copies: Map<string, tf.Tensor>) => {
    tf.dispose([...copies.values()]);
    for (const { key, variable } of statistics) copies.set(key, tf.keep(variable.clone()));
  };
  return {
    name,
    afterPasses,
    afterUpdate,
    apply(hooks) {
      hooks.prepare.tap(name, (_, variables) => {
        statistics = batchStatistics(variables);
      });
      hooks.afterBackward.tap({ name, stage: Number.MAX_SAFE_INTEGER }, (gradients) => {
        copyInto(afterPasses);
        return gradients;
      });
      hooks.afterStep.tap({ name, stage: Number.MIN_SAFE_INTEGER }, () => {
        copyInto(afterUpdate);
      });
      hooks.dispose.tap(name, () => {
        tf.dispose([...afterPasses.values(), ...afterUpdate.values()]);
      });
    },
  };
}
