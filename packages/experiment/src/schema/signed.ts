import { z } from 'zod';
import { either } from './either.js';
import { bool, leaf } from './leaf.js';

const takes = '"auto", true or false';

/** `signed`: whether quantized activations may be negative. */
export const signedSetting = either(takes, [
  { when: (value) => typeof value === 'boolean', schema: bool },
  { when: (value) => typeof value === 'string', schema: leaf(takes, z.literal('auto')) },
]).default('auto');
