export { examine, type Examination, type FailingEngine, type WorkingEngine } from './examine.js';
export type { GraphicsProcessor, Machine } from './machine.js';
