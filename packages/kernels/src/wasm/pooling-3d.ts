import * as tf from '@tensorflow/tfjs';
import type { Pooling } from './visit-windows.js';

/** The attributes that a 3D max pooling and its gradient share. */
export interface Pool3DAttrs {
  filterSize: number | [number, number, number];
  strides: number | [number, number, number];
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The pooling that the attributes describe for an input `[batch, depth, height, width, channels]`. */
export function pooling3d(
  inputShape: [number, number, number, number, number],
  { filterSize, strides, pad, dimRoundingMode }: Pool3DAttrs,
): Pooling {
  const noDilation = 1;
  const pool = tf.backend_util.computePool3DInfo(
    inputShape,
    filterSize,
    strides,
    noDilation,
    pad,
    dimRoundingMode,
  );
  return {
    batch: pool.batchSize,
    channels: pool.inChannels,
    input: [pool.inDepth, pool.inHeight, pool.inWidth],
    output: [pool.outDepth, pool.outHeight, pool.outWidth],
    window: [pool.filterDepth, pool.filterHeight, pool.filterWidth],
    strides: [pool.strideDepth, pool.strideHeight, pool.strideWidth],
    padding: [pool.padInfo.front, pool.padInfo.top, pool.padInfo.left],
  };
}
