import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const { resolve: resolveModule } = createRequire(import.meta.url);

/** The folder whose `node_modules` holds the TF.js that flatbit computes with. */
export function projectRoot(): string {
  const packageFolder = dirname(resolveModule('@tensorflow/tfjs/package.json'));
  return resolve(packageFolder, '..', '..', '..');
}

/**
 * Where `flatbit native install` puts the engine: `<project root>/.flatbit/native`, or the folder that `FLATBIT_NATIVE` names,
 * which has to lie below the project root. Outside of `node_modules` it survives `npm ci`; and as it holds no copy of TF.js, Node
 * walks up from it to the project's own.
 */
export function nativeFolder(): string {
  const named = process.env['FLATBIT_NATIVE'];
  return named ? resolve(named) : join(projectRoot(), '.flatbit', 'native');
}

/** The package of TF.js that drives native TensorFlow: the GPU's goes before the processor's. */
export const nativePackages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** The package inside a native folder, or `undefined` if there is none. */
export function packageIn(folder: string): string | undefined {
  return nativePackages
    .map((name) => join(folder, 'node_modules', name))
    .find((path) => existsSync(join(path, 'package.json')));
}
