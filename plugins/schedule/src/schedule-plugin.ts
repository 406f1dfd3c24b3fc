import type { TrainingPlugin } from '@flatbit/core';
import type { Schedule } from './schedule.js';

/** Multiplies every learning rate by what `schedule` says of the step. */
export function schedulePlugin(schedule: Schedule): TrainingPlugin {
  const name = 'schedule';
  return {
    name,
    apply({ learningRate }) {
      learningRate.tap(name, (factor, at) => factor * schedule(at));
    },
  };
}
