import * as tf from '@tensorflow/tfjs';
import { runFlatProgram } from './flat-program.js';

const { SELU_SCALE, SELU_SCALEALPHA } = tf.backend_util;

/** WGSL of f(a) where a is no NaN. */
const formulas: Readonly<Record<string, string>> = {
  [tf.Elu]: 'if (a >= 0.0) { return a; } return exp(a) - 1.0;',
  // log(1 + a) alone loses a small a; the quotient takes back what rounding 1 + a did (Goldberg, 1991, theorem 4).
  [tf.Log1p]: `
    if (a < -1.0) { return uniforms.NAN; }
    if (a == -1.0) { return -uniforms.INFINITY; }
    let whole = 1.0 + a;
    if (whole == 1.0 || whole == uniforms.INFINITY) { return a; }
    return log(whole) * (a / (whole - 1.0));`,
  [tf.Relu6]: 'return clamp(a, 0.0, 6.0);',
  [tf.Selu]: `if (a >= 0.0) { return ${SELU_SCALE} * a; } return ${SELU_SCALEALPHA} * (exp(a) - 1.0);`,
  [tf.Sigmoid]: 'return 1.0 / (1.0 + exp(-a));',
  // max(a, 0) + log(1 + exp(−|a|)) neither overflows nor loses the small side.
  [tf.Softplus]: `
    let small = exp(-abs(a));
    return max(a, 0.0) + select(log(1.0 + small), small, small < 1e-4);`,
};

/**
 * Activations that let NaN through. The stock shaders do not look for it: on SwiftShader 5.0 `sigmoid(NaN)` and `relu6(NaN)`
 * are 0, and `elu`, `selu` and `softplus` of NaN are infinite; the stock `log1p(1e-8)` is 0 and `log1p(-Infinity)` 88.7.
 */
export const unaryKernels: readonly tf.KernelConfig[] = Object.entries(formulas).map(
  ([kernelName, formula]) => ({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend }) => {
      const x = inputs['x']!;
      return runFlatProgram(
        backend,
        {
          name: kernelName,
          outputShape: x.shape,
          dtype: 'float32',
          variables: ['x'],
          functions: `fn apply(a : f32) -> f32 { ${formula} }`,
          body: `
            let a = f32(x[index]);
            if (isnan(a)) { setOutputAtIndex(index, a); } else { setOutputAtIndex(index, apply(a)); }`,
        },
        [x],
      );
    },
  }),
);
