import * as tf from '@tensorflow/tfjs';

/** What the forward half computed: the value, and what the backward half needs, by name. */
export interface ForwardResult<Saved> {
  readonly value: tf.Tensor;
  readonly saved: Saved;
}

/**
 * A tensor function with a hand-written gradient, as one node of the tape.
 *
 * `backward` gets the gradient of the value and the saved tensors, and answers one gradient per input, each in that input's
 * shape. Nothing inside `forward` is recorded: whatever is not among the inputs is a constant.
 */
export function customGradient<Saved extends Readonly<Record<string, tf.Tensor>>>(
  inputs: readonly tf.Tensor[],
  forward: () => ForwardResult<Saved>,
  backward: (upstream: tf.Tensor, saved: Saved) => readonly tf.Tensor[],
): tf.Tensor {
  const operation = tf.customGrad((...inputsAndSave) => {
    const save = inputsAndSave.at(-1) as tf.GradSaveFunc;
    const { value, saved } = forward();
    const names = Object.keys(saved);
    save(Object.values(saved));
    return {
      value,
      gradFunc: (upstream: tf.Tensor, kept: tf.Tensor[]) => {
        const restored = Object.fromEntries(names.map((name, index) => [name, kept[index]!])) as Saved;
        return tf.tidy(() => [...backward(upstream, restored)]);
      },
    };
  });
  return operation(...inputs);
}
