export { engineNames, type Engine, type EngineName, type SkippedEngine } from './engine.js';
export { selectEngine } from './select-engine.js';
