import { expectClose, testEngine, type Tolerance } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { valuesOf } from '../engines.js';

/** A suite of the webgpu engine's, which needs a graphics processor or a driver that plays one: `npm test -- --backend webgpu`. */
export function onWebgpu(title: string, suite: () => void): void {
  if (testEngine !== 'webgpu') return;
  describe(`${title} on webgpu`, () => {
    after(() => tf.setBackend(testEngine));
    suite();
  });
}

/** Holds when webgpu computes what cpu does, in shape, type and numbers (to 1e-5, unless told), and keeps no memory of its own. */
export async function expectSameAsCpu(
  compute: () => tf.Tensor | tf.Tensor[],
  tolerance: Tolerance = {},
): Promise<void> {
  const run = async (engine: string) => {
    await tf.setBackend(engine);
    const ids = tf.backend().numDataIds();
    const results = tf.tidy(() =>
      [compute()].flat().map((result) => ({ ...shapeOf(result), data: result.dataSync<'float32'>() })),
    );
    const kept = tf.backend().numDataIds() - ids;
    if (kept !== 0) throw new Error(`${engine} keeps ${kept} data ids`);
    return results;
  };
  const expected = await run('cpu');
  const actual = await run('webgpu');
  expected.forEach(({ data, ...shape }, index) => {
    const { data: found, ...foundShape } = actual[index]!;
    if (JSON.stringify(foundShape) !== JSON.stringify(shape)) {
      throw new Error(`result ${index} is ${JSON.stringify(foundShape)}, expected ${JSON.stringify(shape)}`);
    }
    if (data.length > 0) expectClose(found, data, tolerance);
  });
}

function shapeOf({ shape, dtype }: tf.Tensor): { readonly shape: number[]; readonly dtype: string } {
  return { shape, dtype };
}

/** A tensor of values in [−1, 1) that depend on the shape and the seed alone. */
export function tensorOf(shape: number[], seed = 1): tf.Tensor {
  return tf.tensor(valuesOf(shape, seed), shape);
}

/** Small whole numbers, so that many are equal. */
export function tiesOf(shape: number[], seed = 1): tf.Tensor {
  return tensorOf(shape, seed).mul(2).floor();
}
