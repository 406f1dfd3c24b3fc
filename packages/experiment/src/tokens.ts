import { createToken } from '@flatbit/core/tokens';
import type { Loss, Optimizer, TrainableModel } from '@flatbit/core';
import type * as tf from '@tensorflow/tfjs';
import type { ExperimentData } from './build/build-data.js';
import type { ResolvedExperiment } from './resolve-experiment.js';

/** The settings that everything else is made of. */
export const EXPERIMENT = createToken<ResolvedExperiment>('experiment');
/** The batches. */
export const DATA = createToken<ExperimentData>('data');
/** The network as a `tf.LayersModel`. */
export const NETWORK = createToken<tf.LayersModel>('network');
/** The same in the shape that a training needs. */
export const MODEL = createToken<TrainableModel>('model');
/** What is minimised; a function is wrapped, because a token of a function has no type. */
export const LOSS = createToken<{ readonly loss: Loss }>('loss');
/** How parameters move. */
export const OPTIMIZER = createToken<Optimizer>('optimizer');
