import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { platformName, thisPlatform } from '../native/require-platform.js';
import { runProgram } from '../run-program.js';

/** A graphics processor, as its driver names it. */
export interface GraphicsProcessor {
  readonly name: string;
  readonly driver: string;
}

/** What the engines have to work with. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly threads: number;
  /** The widest instructions of the processor: `avx512f`, `avx2`, `avx`, `sse4_2`, `neon`; `unknown` where nothing tells. */
  readonly simd: string;
  /** NVIDIA's, by `nvidia-smi`; WebGPU names its own. */
  readonly gpus: readonly GraphicsProcessor[];
}

/** Describes this machine. */
export async function describeMachine(): Promise<Machine> {
  return {
    node: process.versions.node,
    platform: platformName(thisPlatform()),
    processor: cpus()[0]?.model.trim() ?? process.arch,
    threads: availableParallelism(),
    simd: simdOf(process.arch, processorFlags()),
    gpus: parseNvidiaSmi(await askNvidia()),
  };
}

/** The widest instructions that a processor names among its flags. */
export function simdOf(architecture: string, flags: ReadonlySet<string>): string {
  if (architecture === 'arm64') return 'neon';
  return ['avx512f', 'avx2', 'avx', 'sse4_2'].find((flag) => flags.has(flag)) ?? 'unknown';
}

/** Reads `nvidia-smi --query-gpu=name,driver_version --format=csv,noheader`. */
export function parseNvidiaSmi(answer: string): readonly GraphicsProcessor[] {
  const rows = answer.split('\n').map((line) => line.split(', '));
  return rows.flatMap(([name, driver]) => (name && driver ? [{ name, driver }] : []));
}

function processorFlags(): ReadonlySet<string> {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    return new Set(flags.trim().split(' '));
  } catch {
    return new Set();
  }
}

function askNvidia(): Promise<string> {
  const query = ['--query-gpu=name,driver_version', '--format=csv,noheader'];
  return runProgram('nvidia-smi', query).catch(() => '');
}
