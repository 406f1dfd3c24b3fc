import type { ModelOptions } from '@flatbit/models';
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { either, isFunction } from './either.js';
import { count, leaf, ownObject } from './leaf.js';
import { section } from './section.js';

/** Builds a network of one's own: gets the seed, and the image shape and number of classes where the data has them. */
export type ModelFactory = (options: ModelOptions) => tf.LayersModel;

/** `[height, width, channels]`. */
const shape = leaf(
  '[height, width, channels], whole numbers of 1 or more',
  z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]).readonly(),
);

/** `model`: a network by name, or a function that builds one. */
export const modelSetting = either(
  'an object with name, width, classes, inputShape, or a function that builds a tf.LayersModel',
  [{ when: isFunction, schema: ownObject<ModelFactory>('a function', isFunction) }],
  section({
    name: leaf('the name of a model, such as "small-cnn" or "resnet20"', z.string().min(1)),
    /** Channels of the first convolution. */
    width: count.exactOptional(),
    /** Number of logits; the data's unless given. */
    classes: count.exactOptional(),
    /** The data's unless given. */
    inputShape: shape.exactOptional(),
  }),
);
