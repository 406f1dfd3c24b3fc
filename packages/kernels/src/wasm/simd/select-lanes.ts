import { assemble } from './assemble.js';
import { choose, integer, load, loadBooleans, repeat, store } from './instructions.js';
import { link, type Run } from './link.js';

/** How many elements a round takes. */
export const lanes = 4;

/**
 * A function that takes floats from one of two tensors: the addresses of the conditions, of both tensors and of the result, and
 * the number of rounds, at least one.
 */
export function selectLanes(): Run | undefined {
  return link(
    'selectLanes',
    assemble(['conditions', 'whenTrue', 'whenFalse', 'result', 'rounds'], ({ parameters }) => {
      const { conditions, whenTrue, whenFalse, result, rounds } = parameters;
      const chosen = choose(
        loadBooleans(conditions.value),
        load(whenTrue.value, 0),
        load(whenFalse.value, 0),
      );
      const bytes = integer(16);
      return [
        repeat(rounds, [
          store(result.value, 0, chosen),
          conditions.increase(integer(lanes)),
          ...[whenTrue, whenFalse, result].map((address) => address.increase(bytes)),
        ]),
      ];
    }),
  );
}
