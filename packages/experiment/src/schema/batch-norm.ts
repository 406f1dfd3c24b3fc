import { oneOf } from './leaf.js';
import { section } from './section.js';

/** `batchNorm`: how moving means and variances are measured. */
export const batchNormSetting = section({
  /** Which passes of a step move them; `frozen` also normalises with them. */
  statistics: oneOf('clean', 'perturbed', 'both', 'frozen').default('clean'),
  /** How a batch's variance is estimated for them; `biased` is the stock layer's. */
  variance: oneOf('unbiased', 'biased').default('unbiased'),
}).prefault({});
