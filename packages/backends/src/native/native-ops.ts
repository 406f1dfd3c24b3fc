import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** What is written beside the compiled ops. */
export interface OpsManifest {
  /** Digest of their sources, of the compiler's flags and of TensorFlow's version. */
  readonly digest: string;
  /** The processor that they were compiled for; on another one their instructions may not exist. */
  readonly processor: string;
}

/** Model of this machine's processor. */
export function processorModel(): string {
  return cpus()[0]?.model.trim() ?? process.arch;
}

/** The files of the compiled ops in a native folder. */
export function opsFiles(folder: string): { readonly addon: string; readonly manifest: string } {
  return {
    addon: join(folder, 'ops', 'flatbit_ops.node'),
    manifest: join(folder, 'ops', 'flatbit_ops.json'),
  };
}

/** The manifest of the compiled ops, or `undefined` if there are none that are whole. */
export function readOpsManifest(folder: string): OpsManifest | undefined {
  const { addon, manifest } = opsFiles(folder);
  try {
    return existsSync(addon) ? (JSON.parse(readFileSync(manifest, 'utf8')) as OpsManifest) : undefined;
  } catch {
    return undefined;
  }
}

/** Path of the compiled ops in a native folder, an addon for `process.dlopen`; `undefined` where there are none for this machine. */
export function builtOps(folder: string): string | undefined {
  return readOpsManifest(folder)?.processor === processorModel() ? opsFiles(folder).addon : undefined;
}
