import type { Engine } from '../engine.js';

/** What a loader finds out about its engine. */
export type LoadedEngine = Pick<Engine, 'version' | 'threads' | 'gpu' | 'customOps' | 'notes'>;

/**
 * Loads an engine's packages, if they have not been, and selects it.
 * @param named whether the user asked for this engine by name, and so takes it slow as well.
 * @throws Error with one line that says why it cannot.
 */
export type EngineLoader = (named: boolean) => Promise<LoadedEngine>;
