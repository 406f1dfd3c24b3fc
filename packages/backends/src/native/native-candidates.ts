import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { readManifest } from './manifest.js';
import { nativeFolder, nativePackages, packageIn } from './native-folder.js';

const { resolve } = createRequire(import.meta.url);

/** An installed tfjs-node. */
export interface NativeCandidate {
  /** Folder of the package. */
  readonly folder: string;
  /** How messages call it. */
  readonly label: string;
  /** The native folder that it lies in, unless the user has installed it beside flatbit. */
  readonly nativeFolder?: string;
}

/** Every tfjs-node that is installed: a GPU's first, and at equal rank the one that `flatbit native install` has made. */
export function nativeCandidates(): readonly NativeCandidate[] {
  const folder = nativeFolder();
  const path = packageIn(folder);
  const native = path && { folder: path, label: `the engine in ${folder}`, nativeFolder: folder };
  const isGpu = native && (readManifest(folder)?.gpu ?? path.endsWith('-gpu'));
  const [gpu, cpu] = nativePackages.map(besideFlatbit);
  return (isGpu ? [native, gpu, cpu] : [gpu, native, cpu]).filter((candidate) => !!candidate);
}

function besideFlatbit(packageName: string): NativeCandidate | undefined {
  try {
    return { folder: dirname(resolve(`${packageName}/package.json`)), label: packageName };
  } catch {
    return undefined;
  }
}
