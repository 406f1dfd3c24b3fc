import type { Engine } from '../engine.js';

/**
 * Loads an engine's packages, if they have not been, and selects it.
 * @throws Error with one line that says why it cannot.
 */
export type EngineLoader = () => Promise<Pick<Engine, 'version' | 'threads'>>;
