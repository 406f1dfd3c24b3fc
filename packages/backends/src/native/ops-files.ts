import { join } from 'node:path';

/** Where compiled ops lie in a native folder: an addon for `process.dlopen`, and what is written beside it. */
export function opsFiles(folder: string): { readonly addon: string; readonly manifest: string } {
  return {
    addon: join(folder, 'ops', 'flatbit_ops.node'),
    manifest: join(folder, 'ops', 'flatbit_ops.json'),
  };
}
