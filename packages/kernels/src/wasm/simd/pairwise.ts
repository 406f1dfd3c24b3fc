import { assemble, type Assembly } from './assemble.js';
import type { Code } from './code.js';
import { integer, load, loadSplat, packBooleans, repeat, store, type VectorOp } from './instructions.js';
import { link, type Run } from './link.js';

/** An op on pairs of floats. */
export interface PairwiseOp {
  readonly name: string;
  readonly vector: VectorOp;
  /** The same for one pair. */
  readonly scalar: (left: number, right: number) => number | boolean;
  readonly dtype: 'float32' | 'bool';
}

/** How many pairs a round takes. */
export const pairsPerRound = 16;

/** Which of the operands is one number for all pairs. */
export interface Spread {
  readonly left: boolean;
  readonly right: boolean;
}

/** A function of the addresses of both operands and of the result, and the number of rounds, at least one. */
export function pairwise(op: PairwiseOp, spread: Spread): Run | undefined {
  return link(`${op.name} ${String(spread.left)} ${String(spread.right)}`, write(op, spread));
}

function write(op: PairwiseOp, spread: Spread): Assembly {
  return assemble(['left', 'right', 'result', 'rounds'], ({ parameters, vector }) => {
    const { left, right, result, rounds } = parameters;
    const [leftNumber, rightNumber] = [vector(), vector()];
    const pair = (part: number): Code =>
      op.vector(
        spread.left ? leftNumber.value : load(left.value, 16 * part),
        spread.right ? rightNumber.value : load(right.value, 16 * part),
      );
    const results = [pair(0), pair(1), pair(2), pair(3)] as const;
    const floats = integer(4 * pairsPerRound);
    const stored =
      op.dtype === 'bool'
        ? [store(result.value, 0, packBooleans(results)), result.increase(integer(pairsPerRound))]
        : [...results.map((each, part) => store(result.value, 16 * part, each)), result.increase(floats)];
    return [
      leftNumber.set(loadSplat(left.value, 0)),
      rightNumber.set(loadSplat(right.value, 0)),
      repeat(rounds, [
        ...stored,
        spread.left ? [] : left.increase(floats),
        spread.right ? [] : right.increase(floats),
      ]),
    ];
  });
}
