import { checkOption, type TrainingPlugin } from '@flatbit/core';
import type { Schedule } from './schedule.js';
import { aSchedule } from './takes.js';

/** Multiplies every learning rate by what `schedule` says of the step. @throws UsageError for what is no schedule. */
export function schedulePlugin(schedule: Schedule): TrainingPlugin {
  const name = 'schedule';
  checkOption(schedule, name, aSchedule);
  return {
    name,
    apply({ learningRate }) {
      learningRate.tap(name, (factor, at) => factor * schedule(at));
    },
  };
}
