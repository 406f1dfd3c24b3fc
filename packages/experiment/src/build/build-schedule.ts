import { constant, cosine, multiStep, warmUp, type Schedule } from '@flatbit/plugin-schedule';
import type { ExperimentSettings } from '../schema/experiment.js';

/** The schedule of an experiment; undefined where the learning rates stay as they are. */
export function buildSchedule({ schedule, epochs }: ExperimentSettings): Schedule | undefined {
  if (typeof schedule === 'function') return schedule;
  const { name, warmUp: ramp } = schedule;
  if (name === 'constant' && !ramp) return undefined;
  const plain = buildPlain(schedule, epochs);
  return ramp ? warmUp(ramp, plain) : plain;
}

function buildPlain(schedule: Exclude<ExperimentSettings['schedule'], Schedule>, epochs: number): Schedule {
  switch (schedule.name) {
    case 'constant':
      return constant();
    case 'multiStep':
      return multiStep(schedule);
    case 'cosine':
      return cosine({ epochs: schedule.epochs ?? epochs, floor: schedule.floor });
  }
}
