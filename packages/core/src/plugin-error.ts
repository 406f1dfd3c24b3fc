import { UsageError } from './usage-error.js';

/** A tap threw: says which plugin and which hook; the original error is the `cause`. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
}

/** Puts plugin and hook in front of an error's message; wrong use stays wrong use, and nothing is named twice. */
export function nameTap(error: unknown, plugin: string, hook: string): Error {
  if (error instanceof PluginError || named.has(error as object)) return error as Error;
  const message = `plugin "${plugin}", hook "${hook}": ${error instanceof Error ? error.message : String(error)}`;
  const result =
    error instanceof UsageError
      ? new UsageError(message, { cause: error })
      : new PluginError(message, { cause: error });
  named.add(result);
  return result;
}

const named = new WeakSet<object>();
