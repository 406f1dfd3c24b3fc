import type { PassContext } from '@flatbit/core';
import { fusedKernel } from '@flatbit/kernels';
import * as tf from '@tensorflow/tfjs';

/** Which passes of a step move batch norm's moving statistics; `frozen` also normalises with them. */
export type StatisticsPolicy = 'clean' | 'perturbed' | 'both' | 'frozen';

/** Where the moving statistics of a batch norm live, `[channels]` each. */
export interface MovingStatistics {
  readonly mean: tf.Variable;
  readonly variance: tf.Variable;
  /** Share of the old value that stays. */
  readonly momentum: number;
}

interface Gathered {
  readonly phase: PassContext['phase'];
  readonly moving: MovingStatistics;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** Gathers statistics during a step's passes and moves them once, after the update. */
export class BatchStatistics {
  #gathered: Gathered[] = [];
  readonly #policy: StatisticsPolicy;

  constructor(policy: StatisticsPolicy) {
    this.#policy = policy;
  }

  get frozen(): boolean {
    return this.#policy === 'frozen';
  }

  /** Takes the mean and variance `[channels]` of one call. */
  gather(phase: PassContext['phase'], moving: MovingStatistics, mean: tf.Tensor, variance: tf.Tensor): void {
    this.#gathered.push({ phase, moving, mean: tf.keep(mean.clone()), variance: tf.keep(variance.clone()) });
  }

  /** `moving ← momentum·moving + (1 − momentum)·gathered`, where `healthy`. The calls of a shared layer are averaged. */
  move(healthy: tf.Scalar): void {
    tf.tidy(() => {
      for (const phase of this.#phases()) {
        const ofPhase = this.#gathered.filter((gathered) => gathered.phase === phase);
        const moves = [...new Set(ofPhase.map(({ moving }) => moving))].flatMap((moving): Move[] => {
          const calls = ofPhase.filter((gathered) => gathered.moving === moving);
          const { momentum } = moving;
          return [
            { moving: moving.mean, momentum, target: average(calls.map(({ mean }) => mean)) },
            { moving: moving.variance, momentum, target: average(calls.map(({ variance }) => variance)) },
          ];
        });
        moveAll(moves, healthy);
      }
    });
    this.discard();
  }

  discard(): void {
    for (const { mean, variance } of this.#gathered.splice(0)) tf.dispose([mean, variance]);
  }

  /** A step without a second pass has only the clean one to move with. */
  #phases(): readonly PassContext['phase'][] {
    if (this.#policy === 'frozen') return [];
    if (this.#policy === 'both') return ['clean', 'perturbed'];
    const perturbed = this.#gathered.some(({ phase }) => phase === 'perturbed');
    return [this.#policy === 'perturbed' && perturbed ? 'perturbed' : 'clean'];
  }
}

interface Move {
  readonly moving: tf.Variable;
  readonly momentum: number;
  readonly target: tf.Tensor;
}

/** In one op where the engine has it. */
function moveAll(moves: readonly Move[], healthy: tf.Scalar): void {
  if (moves.length === 0) return;
  const inputs = {
    healthy,
    tensors: moves.map(({ moving }) => moving),
    others: moves.map(({ target }) => target),
  };
  const keep = moves.map(({ momentum }) => momentum);
  const take = moves.map(({ momentum }) => 1 - momentum);
  const blended = fusedKernel('Blend')?.(inputs, { keep, take });
  moves.forEach(({ moving, momentum, target }, index) => {
    const next =
      blended?.[index] ?? tf.where(healthy, moving.mul(momentum).add(target.mul(1 - momentum)), moving);
    moving.assign(next);
  });
}

function average(calls: readonly tf.Tensor[]): tf.Tensor {
  return calls.length === 1 ? calls[0]! : tf.addN([...calls]).div(calls.length);
}
