export { type ProgressOptions, progressPlugin } from './progress-plugin.js';
export type { ProgressStream } from './quiet-stream.js';
