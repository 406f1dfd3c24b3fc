import type { FullTap } from 'tapable';
import type { Interceptable } from './interceptable.js';
import { nameTap } from './plugin-error.js';

type AnyFunction = (...values: unknown[]) => unknown;

/** Makes an error thrown in a tap say which plugin and which hook it came from. */
export function nameErrors<H extends Interceptable>(hook: H): H {
  hook.intercept({
    register: (tap: FullTap): FullTap => ({ ...tap, fn: guard(tap, hook.name ?? 'hook') }),
  });
  return hook;
}

function guard(tap: FullTap, hook: string): FullTap['fn'] {
  const original = tap.fn as AnyFunction;
  const rename = (error: unknown) => nameTap(error, tap.name, hook);
  if (tap.type === 'promise') {
    return async (...values: unknown[]) => {
      try {
        return await original(...values);
      } catch (error) {
        throw rename(error);
      }
    };
  }
  return (...values: unknown[]) => {
    try {
      const done = values.at(-1);
      if (tap.type !== 'async' || typeof done !== 'function') return original(...values);
      const named = (error: unknown, ...results: unknown[]) => done(error && rename(error), ...results);
      return original(...values.slice(0, -1), named);
    } catch (error) {
      throw rename(error);
    }
  };
}
