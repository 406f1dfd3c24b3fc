import { type TrainingPlugin, UsageError } from '@flatbit/core';
import type { Schedule } from './schedule.js';

/**
 * Multiplies the learning rates of every step by a schedule.
 * @throws UsageError at a step where the schedule gives NaN, infinity or less than 0.
 */
export function schedulePlugin(schedule: Schedule): TrainingPlugin {
  const name = 'schedule';
  return {
    name,
    apply({ learningRate }) {
      learningRate.tap(name, (factor, at) => {
        const own = schedule(at);
        if (Number.isFinite(own) && own >= 0) return factor * own;
        throw new UsageError(
          `the schedule gave ${own} at step ${at.step} (epoch ${at.epoch + 1}); it must give a finite factor from 0 up`,
        );
      });
    },
  };
}
