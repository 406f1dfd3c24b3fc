export { constant } from './constant.js';
export { cosine, type CosineOptions } from './cosine.js';
export { multiStep, type MultiStepOptions } from './multi-step.js';
export type { Schedule } from './schedule.js';
export { schedulePlugin } from './schedule-plugin.js';
export { warmUp, type WarmUpOptions } from './warm-up.js';
