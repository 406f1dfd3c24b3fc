import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/** What the user asks the installer for. */
export interface InstallOptions {
  /** For a GPU. */
  readonly gpu?: boolean;
  /** Path of a wheel of TensorFlow, or of an unpacked one; without it the ordinary tfjs-node is tried, then pip. */
  readonly from?: string;
}

/** That, with what follows from it. An installation that was interrupted goes on if it was asked for the same. */
export interface InstallRequest {
  readonly gpu: boolean;
  readonly from: string | null;
  /** The package that drives TensorFlow; its version is that of TF.js. */
  readonly packageName: string;
  readonly version: string;
  /** The distribution of TensorFlow that pip is asked for. */
  readonly distribution: string;
}

export function installRequest({ gpu = false, from }: InstallOptions): InstallRequest {
  const { version } = createRequire(import.meta.url)('@tensorflow/tfjs/package.json') as { version: string };
  return {
    gpu,
    from: from ?? null,
    packageName: gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node',
    version,
    distribution: gpu ? 'tensorflow' : 'tensorflow-cpu',
  };
}

/** What a folder under construction remembers. */
export interface InstallState {
  readonly request: InstallRequest;
  /** Why the ordinary tfjs-node was given up. */
  readonly ordinaryFailure?: string;
}

/** Makes the folder to build in, or finds it as an interrupted installation of the same left it. */
export async function openWorkFolder(work: string, request: InstallRequest): Promise<InstallState> {
  const state = readState(work);
  if (state && isDeepStrictEqual(state.request, request)) return state;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  // npm looks for the folder that it is in by this file.
  await writeFile(join(work, 'package.json'), '{ "private": true }\n');
  return saveState(work, { request });
}

/** Remembers where an installation stands. */
export async function saveState(work: string, state: InstallState): Promise<InstallState> {
  await writeFile(statePath(work), JSON.stringify(state));
  return state;
}

/** Where it is remembered. */
export const statePath = (work: string): string => join(work, 'install-state.json');

function readState(work: string): InstallState | undefined {
  try {
    return JSON.parse(readFileSync(statePath(work), 'utf8')) as InstallState;
  } catch {
    return undefined;
  }
}
