import * as tf from '@tensorflow/tfjs';
import { runFlatProgram } from './flat-program.js';

/**
 * The index of the largest (`>`) or smallest (`<`) value along an axis, the first of equals as on the other engines. The stock
 * kernel answers shape [1] for a vector, and any one of equals along 32 values or more.
 */
function argExtreme(kernelName: string, better: '>' | '<'): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { dataId, shape, dtype } = inputs['x']!;
      const { axis } = attrs as { axis: number };
      const [along] = tf.util.parseAxisParam(axis, shape);
      const outputShape = shape.filter((_, at) => at !== along);
      return runFlatProgram(
        backend,
        {
          name: kernelName,
          outputShape,
          dtype: 'int32',
          variables: ['x'],
          uniforms: {
            count: shape[along!]!,
            inner: tf.util.sizeFromShape(shape.slice(along! + 1)),
          },
          body: `
            let start = index / uniforms.inner * uniforms.count * uniforms.inner + index % uniforms.inner;
            var best = 0;
            for (var at = 1; at < uniforms.count; at++) {
              if (x[start + at * uniforms.inner] ${better} x[start + best * uniforms.inner]) { best = at; }
            }
            setOutputAtIndexI32(index, best);`,
        },
        // As one vector, so that any rank will do.
        [{ dataId, shape: [tf.util.sizeFromShape(shape)], dtype }],
      );
    },
  };
}

export const argExtremes: readonly tf.KernelConfig[] = [
  argExtreme(tf.ArgMax, '>'),
  argExtreme(tf.ArgMin, '<'),
];
