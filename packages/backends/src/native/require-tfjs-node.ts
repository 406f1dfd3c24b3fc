import { realpathSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const utilWithRemoved = new URL('./util-with-removed.js', import.meta.url).href;

/** https://nodejs.org/api/module.html#moduleregisterhooksoptions; Node 20 lacks it. */
interface ModuleHooks {
  registerHooks?(hooks: { resolve: ResolveHook }): { deregister(): void };
}

type ResolveHook = (
  specifier: string,
  context: { readonly parentURL?: string },
  nextResolve: (specifier: string, context: object) => object,
) => object;

/**
 * Requires tfjs-node from its folder. It calls `isNullOrUndefined` and `isArray` of `node:util`, which warn since Node 22 and are gone
 * since 23: while it loads, its files, and no others, get a `util` that has them. (Node 20 has them, and no such hooks.)
 * @throws Error that says why it does not load; nothing of it stays behind.
 */
export function requireTfjsNode(folder: string): unknown {
  const inside = realpathSync(folder) + sep;
  const hooks = (module as ModuleHooks).registerHooks?.({
    resolve(specifier, context, nextResolve) {
      const shimmed = specifier === 'util' && isBelow(inside, context.parentURL);
      return shimmed ? { url: utilWithRemoved, shortCircuit: true } : nextResolve(specifier, context);
    },
  });
  try {
    return require(inside);
  } catch (error) {
    // Another try is to run the whole package again.
    for (const path of Object.keys(require.cache))
      if (path.startsWith(inside)) Reflect.deleteProperty(require.cache, path);
    throw error;
  } finally {
    hooks?.deregister();
  }
}

function isBelow(folder: string, url: string | undefined): boolean {
  return url?.startsWith('file:') === true && fileURLToPath(url).startsWith(folder);
}
