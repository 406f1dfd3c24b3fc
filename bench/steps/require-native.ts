import { nativeFolder } from '@flatbit/backends/native';
import { createRequire } from 'node:module';

const packageName = '@tensorflow/tfjs-node';

/** Loads tfjs-node as it is, from where `flatbit native install` puts it or from beside flatbit; answers its version. */
export function requireNative(): string {
  const require = createRequire(import.meta.url);
  // It calls two functions that Node 23 has removed.
  Object.assign(require('node:util') as object, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === undefined || value === null,
  });
  const path = require.resolve(packageName, {
    paths: [nativeFolder(), import.meta.dirname],
  });
  return (require(path) as { version: Record<string, string> }).version['tfjs-node']!;
}
