import { defineExperiment } from '@flatbit/experiment';
import w4a4 from './digits-w4a4.js';

/** The same at two bits: what differs is all that is written. */
export default defineExperiment({
  ...w4a4,
  bits: { weights: 2, activations: 2, first: { weights: 8, activations: 32 }, last: 8 },
});
