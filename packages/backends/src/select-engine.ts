import { UsageError } from '@flatbit/core';
import { engineNames, type Engine, type EngineName, type SkippedEngine } from './engine.js';
import { loadCpu } from './engines/cpu.js';
import type { EngineLoader } from './engines/loader.js';
import { loadTensorflow } from './engines/tensorflow.js';
import { loadWasm } from './engines/wasm.js';
import { loadWebgpu } from './engines/webgpu.js';

const loaders: Readonly<Record<EngineName, EngineLoader>> = {
  tensorflow: loadTensorflow,
  webgpu: loadWebgpu,
  wasm: loadWasm,
  cpu: loadCpu,
};

/** TF.js starts one backend at a time. */
let latest: Promise<unknown> = Promise.resolve();

/**
 * Selects the engine that TensorFlow.js computes on, loading its packages if need be. It may be called again, with the same
 * name or another.
 * @param name without a name, the first that loads of `tensorflow`, `webgpu` on a real graphics processor, `wasm` and `cpu`.
 * @throws UsageError when the name is none of the engines', when the named engine cannot be loaded, or when a variable that
 * says how an engine runs makes no sense.
 */
export function selectEngine(name?: EngineName): Promise<Engine> {
  const selected = latest.then(() => (name === undefined ? selectFirst() : selectNamed(name)));
  latest = selected.catch(() => undefined);
  return selected;
}

async function selectNamed(name: EngineName): Promise<Engine> {
  if (!engineNames.includes(name)) {
    throw new UsageError(`unknown engine "${name}"; it is one of ${engineNames.join(', ')}`);
  }
  try {
    return { name, ...(await loaders[name](true)), reason: 'asked for by name', skipped: [] };
  } catch (error) {
    const why = (error as Error).message;
    throw new UsageError(`engine "${name}" cannot be loaded: ${why}`, { cause: error });
  }
}

async function selectFirst(): Promise<Engine> {
  const skipped: SkippedEngine[] = [];
  for (const name of engineNames) {
    try {
      return { name, ...(await loaders[name](false)), reason: 'the fastest engine that loads', skipped };
    } catch (error) {
      if (error instanceof UsageError) throw error;
      skipped.push({ name, reason: (error as Error).message });
    }
  }
  const reasons = skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new UsageError(`no engine can be loaded: ${reasons}`);
}
