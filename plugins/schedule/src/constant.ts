import type { Schedule } from './schedule.js';

/** 1 throughout. */
export function constant(): Schedule {
  return () => 1;
}
