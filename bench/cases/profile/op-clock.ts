import * as tf from '@tensorflow/tfjs';

/** How often an op ran and for how long, without the ops that it called. */
export interface OpTime {
  calls: number;
  milliseconds: number;
}

/** Sums the time of each op. Ops of `tensorflow`, `wasm` and `cpu` compute before they return, so that a wrapper sees it all. */
export class OpClock {
  readonly times = new Map<string, OpTime>();
  /** Milliseconds of the ops inside the one that is running, for each that is open. */
  readonly #inner: number[] = [];
  readonly #byShape: boolean;

  constructor({ byShape }: { readonly byShape: boolean }) {
    this.#byShape = byShape;
  }

  /** Wraps the ops of the engine that is selected, for the rest of this process. */
  attach(): void {
    if (tf.getBackend() === 'tensorflow') this.#attachToTensorflow();
    else this.#attachToKernels();
  }

  reset(): void {
    this.times.clear();
  }

  #time<T>(op: string, inputs: readonly (readonly number[] | undefined)[], run: () => T): T {
    const name = this.#byShape ? `${op} ${describe(inputs)}` : op;
    this.#inner.push(0);
    const started = performance.now();
    try {
      return run();
    } finally {
      const elapsed = performance.now() - started;
      const own = elapsed - this.#inner.pop()!;
      if (this.#inner.length > 0) this.#inner[this.#inner.length - 1]! += elapsed;
      const time = this.times.get(name) ?? { calls: 0, milliseconds: 0 };
      time.calls += 1;
      time.milliseconds += own;
      this.times.set(name, time);
    }
  }

  /** Every TensorFlow op goes through one of these two methods of the backend. */
  #attachToTensorflow(): void {
    type Execute = (name: string, attrs: unknown, inputs: tf.Tensor[], outputs?: number) => unknown;
    const backend = tf.backend() as unknown as Record<string, Execute>;
    for (const method of ['executeSingleOutput', 'executeMultipleOutputs']) {
      const execute = backend[method]!.bind(backend);
      backend[method] = (name, attrs, inputs, outputs) =>
        this.#time(
          name,
          inputs.map(({ shape }) => shape),
          () => execute(name, attrs, inputs, outputs),
        );
    }
  }

  #attachToKernels(): void {
    for (const kernel of tf.getKernelsForBackend(tf.getBackend())) {
      const { kernelName, kernelFunc } = kernel;
      kernel.kernelFunc = (params) => {
        const inputs = Object.values(params.inputs).flat() as (tf.TensorInfo | undefined)[];
        return this.#time(
          kernelName,
          inputs.map((input) => input?.shape),
          () => kernelFunc(params),
        );
      };
    }
  }
}

/** `[8,32,32,3] [3,3,3,16]`; of many inputs the first. */
function describe(shapes: readonly (readonly number[] | undefined)[]): string {
  const shown = shapes.slice(0, 4).map((shape) => `[${shape ?? ''}]`);
  return [...shown, ...(shapes.length > shown.length ? ['…'] : [])].join(' ');
}
