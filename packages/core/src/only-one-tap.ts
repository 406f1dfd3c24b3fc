import type { Interceptable } from './interceptable.js';
import { UsageError } from './usage-error.js';

/** Refuses a second tap on `hook`, naming both plugins. */
export function onlyOneTap<H extends Interceptable>(hook: H): H {
  hook.intercept({
    register: (tap) => {
      const [first] = hook.taps;
      if (first) {
        throw new UsageError(
          `hook "${hook.name}" is taken by plugin "${first.name}"; plugin "${tap.name}" cannot join it: leave one of them out`,
        );
      }
      return tap;
    },
  });
  return hook;
}
