import * as tf from '@tensorflow/tfjs';
import { fileURLToPath } from 'node:url';
import { engineNames, type Engine, type EngineName } from '../engine.js';
import { ProgramError, runProgram } from '../run-program.js';
import { describeMachine, type Machine } from './machine.js';

/** Milliseconds that an engine has to start and to be measured. */
const patience = 180_000;

/** An engine that computes. */
export interface WorkingEngine extends Pick<Engine, 'name' | 'version' | 'threads' | 'customOps'> {
  readonly works: true;
  /** The graphics processor that it computes on, if it does. */
  readonly gpu?: string;
  /** The widest instructions that it computes with; left out where that is the GPU's affair. */
  readonly simd?: string;
  /** Billions of floating-point operations per second in a convolution with both gradients. */
  readonly gigaflops: number;
}

/** An engine that does not. */
export interface FailingEngine {
  readonly name: EngineName;
  readonly works: false;
  readonly reason: string;
  /** The command that mends it, where one does. */
  readonly remedy?: string;
}

/** What `doctor` finds. */
export interface Examination extends Machine {
  readonly tfjs: string;
  readonly engines: readonly (WorkingEngine | FailingEngine)[];
  /** The engine that is taken when none is named, and why not those before it. */
  readonly selected?: Pick<Engine, 'name' | 'reason' | 'skipped'>;
  /** Why none is taken, if none is: an engine has ended the process, or a variable makes no sense. */
  readonly failure?: string;
}

/**
 * Tries and measures every engine, one after the other and each in a process of its own, so that one that crashes ends nothing else.
 */
export async function examine(): Promise<Examination> {
  const machine = await describeMachine();
  const engines: Examination['engines'][number][] = [];
  for (const name of engineNames) engines.push(await examineEngine(name, machine));
  const selection = await probe().then(
    ({ name, reason, skipped }) => ({ selected: { name, reason, skipped } }),
    ({ message: failure }: Error) => ({ failure }),
  );
  return {
    ...machine,
    tfjs: tf.version.tfjs,
    engines,
    ...selection,
  };
}

async function examineEngine(
  name: EngineName,
  { simd, gpus }: Machine,
): Promise<WorkingEngine | FailingEngine> {
  try {
    const { version, threads, gpu, customOps, gigaflops, ...found } = await probe(name);
    const instructions = found.simd ?? (name === 'tensorflow' && gpu === undefined ? simd : undefined);
    return {
      name,
      works: true,
      version,
      threads,
      ...(instructions !== undefined && { simd: instructions }),
      ...(gpu !== undefined && {
        gpu: name === 'tensorflow' ? gpus.map((found) => found.name).join(', ') || gpu : gpu,
      }),
      ...(customOps !== undefined && { customOps }),
      gigaflops,
    };
  } catch (error) {
    const reason = (error as Error).message;
    const remedy = remedyFor(name, reason);
    return { name, works: false, reason, ...(remedy && { remedy }) };
  }
}

type Probed = Engine & Pick<WorkingEngine, 'gigaflops' | 'simd'>;

/** @throws Error of one line: why the engine cannot be had, or how its process ended. */
async function probe(name?: EngineName): Promise<Probed> {
  const main = fileURLToPath(new URL('./probe-main.js', import.meta.url));
  try {
    const args = [main, ...(name ? [name] : [])];
    return JSON.parse(await runProgram(process.execPath, args, { timeout: patience })) as Probed;
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new Error(
      error.message.replace(/^.*?: (?:(?:Usage)?Error: (?:engine "\w+" cannot be loaded: )?)?/, ''),
      {
        cause: error,
      },
    );
  }
}

function remedyFor(name: EngineName, reason: string): string | undefined {
  // The variable that it names is the user's.
  if (reason.startsWith('FLATBIT_')) return undefined;
  if (name === 'tensorflow') return 'npx flatbit native install';
  if (name !== 'webgpu') return 'npm ci';
  const missing = reason.includes('is not installed');
  return missing ? `npm install webgpu @tensorflow/tfjs-backend-webgpu@${tf.version_core}` : undefined;
}
