import type { Schedule } from './schedule.js';

/** The learning rates as they are: a factor of 1 at every step. */
export function constant(): Schedule {
  return () => 1;
}
