import { z } from 'zod';
import { either, isFalse } from './either.js';
import { bool, count, leaf, notNegative, oneOf } from './leaf.js';
import { section } from './section.js';

const adaptive = either(
  'true, false, or an object with eta, form',
  [{ when: (value) => typeof value === 'boolean', schema: bool }],
  section({
    /** Added to the size of each parameter. */
    eta: notNegative.default(0.01),
    form: oneOf('asam', 'paper').default('asam'),
  }),
);

/** `sam`: the sharpness-aware perturbation. */
export const samSetting = either(
  'false, or an object with rho, at, adaptive, …',
  [{ when: isFalse, schema: leaf('false', z.literal(false)) }],
  section({
    /** Radius of the ball. */
    rho: notNegative.default(0.05),
    /** Radius at which sharpness is measured at the end; `rho` unless given. With a `rho` of 0, a plain training is. */
    measureRho: notNegative.exactOptional(),
    /** Where weights are perturbed. */
    at: oneOf('quantized', 'latent', 'beforeQuantizer').default('quantized'),
    /** Scales the ball by the size of each parameter. */
    adaptive: adaptive.default(false),
    /** Perturbs every n-th step. */
    interval: count.default(1),
    /** Whether batch norm's scale and offset move too. */
    batchNorm: bool.default(true),
    /** Whether biases move too. */
    bias: bool.default(true),
    /** Whether activation clip values move too. */
    activationClip: bool.default(true),
    /** Whether weight clip values move too. */
    weightClip: bool.default(false),
    /** Whether regularizers of what moves in place count. */
    regularizers: bool.default(true),
    /** Added to the norm of the gradient. */
    normFloor: notNegative.default(1e-12),
  }),
);
