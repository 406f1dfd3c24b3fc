import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What tfjs-node exports that is used here. */
export interface NativePackage {
  readonly version: Readonly<Record<string, string>>;
}

/** Loads tfjs-node, from this repository's own native engine where that is installed. Its backend registers itself. */
export function requireNative(): NativePackage {
  const folders = ['.flatbit/native/package.json', 'package.json'];
  const errors: unknown[] = [];
  for (const folder of folders) {
    const manifest = fileURLToPath(new URL(`../../../${folder}`, import.meta.url));
    try {
      return createRequire(manifest)('@tensorflow/tfjs-node') as NativePackage;
    } catch (error) {
      errors.push(error);
    }
  }
  throw errors[0];
}
