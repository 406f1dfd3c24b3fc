import * as tf from '@tensorflow/tfjs';

/** A tensor seen as `[outer, count, inner]`, of which a reduction takes the middle. */
export interface ReducedBlock {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
  /** Shape of what the reduction gives. */
  readonly outShape: number[];
}

/**
 * The view in which a reduction over neighbouring axes, with axes left after them, is one over rows of channels.
 * `undefined` when it is not such a reduction: over the last axis, over axes apart, or of anything but float32.
 */
export function reducedBlock(
  { shape, dtype }: tf.TensorInfo,
  axis: number | number[],
  keepDims: boolean,
): ReducedBlock | undefined {
  const axes = [...new Set(tf.util.parseAxisParam(axis, shape))].sort((a, b) => a - b);
  const first = axes[0];
  if (first === undefined || dtype !== 'float32') return undefined;
  const end = first + axes.length;
  const neighbours = axes.every((each, position) => each === first + position);
  const outer = tf.util.sizeFromShape(shape.slice(0, first));
  const count = tf.util.sizeFromShape(shape.slice(first, end));
  const inner = tf.util.sizeFromShape(shape.slice(end));
  if (!neighbours || end === shape.length) return undefined;
  const kept = keepDims ? axes.map(() => 1) : [];
  return { outer, count, inner, outShape: [...shape.slice(0, first), ...kept, ...shape.slice(end)] };
}
