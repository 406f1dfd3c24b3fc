import * as tf from '@tensorflow/tfjs';

/** Multiplications and additions of one image in a step: forward and two gradients, a 3×3 kernel from 16 to 16 channels at 32×32. */
const flopsPerImage = 3 * 2 * 32 * 32 * 3 * 3 * 16 * 16;
const largestBatch = 128;
/** Milliseconds that one timed step is to take. */
const longEnough = 50;
const timedSteps = 5;

/**
 * Rate of one convolution, forward and both gradients, on the engine that is selected: the median of a few steps, at the smallest
 * batch of 1, 2, 4, … 128 that takes long enough to time. Around a minute on the slowest engine.
 * @returns billions of floating-point operations per second.
 * @throws Error when the engine computes a convolution or its gradients wrongly.
 */
export async function convolutionRate(): Promise<number> {
  await requireRightConvolution();
  let batch = 1;
  await step(batch); // compiles, where an engine does
  let milliseconds = await step(batch);
  while (milliseconds < longEnough && batch < largestBatch) {
    batch *= 2;
    await step(batch);
    milliseconds = await step(batch);
  }
  const times = [milliseconds];
  while (times.length < timedSteps) times.push(await step(batch));
  const median = times.sort((one, other) => one - other)[Math.floor(timedSteps / 2)]!;
  return (batch * flopsPerImage) / (median * 1e6);
}

/** Milliseconds of a step, until all of it can be read. */
async function step(batch: number): Promise<number> {
  const x = tf.ones<tf.Rank.R4>([batch, 32, 32, 16]);
  const kernel = tf.ones<tf.Rank.R4>([3, 3, 16, 16]);
  const start = performance.now();
  const sums = tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads((input, filter) =>
      tf.sum(tf.conv2d(input as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same')),
    )([x, kernel]);
    return tf.stack([value, ...grads.map((gradient) => tf.sum(gradient))]);
  });
  await sums.data();
  const milliseconds = performance.now() - start;
  tf.dispose([x, kernel, sums]);
  return milliseconds;
}

/** One place of a 3×3 kernel of ones over ones, 2 channels to 2: 3·3·2 = 18 each, 1 for each weight, 2 for each input. */
async function requireRightConvolution(): Promise<void> {
  const results = tf.tidy(() => {
    const [x, kernel] = [tf.ones([1, 3, 3, 2]), tf.ones([3, 3, 2, 2])];
    const { value, grads } = tf.valueAndGrads((input, filter) =>
      tf.sum(tf.conv2d(input as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid')),
    )([x, kernel]);
    return [value, grads[0]!, grads[1]!];
  });
  const [loss, dx, dKernel] = await Promise.all(results.map((tensor) => tensor.data()));
  tf.dispose(results);
  if (loss![0] !== 36) throw new Error(`it convolves wrongly: 36 is ${loss![0]}`);
  if (!dx!.every((value) => value === 2) || !dKernel!.every((value) => value === 1)) {
    throw new Error('its gradients of a convolution are wrong');
  }
}
