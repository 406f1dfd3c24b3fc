import * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from './fill-on-heap.js';
import { pairsPerRound, pairwise, type PairwiseOp } from './simd/pairwise.js';

/**
 * An op on pairs of floats, of two tensors of one shape or of a tensor and a number, sixteen at a time. The stock kernel, a slow
 * loop, keeps other types and other broadcasts.
 */
export function pairwiseKernel(op: PairwiseOp): (stock: tf.KernelConfig) => tf.KernelConfig {
  return (stock) => ({
    ...stock,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
      const spread = { left: a.size === 1 && b.size !== 1, right: b.size === 1 && a.size !== 1 };
      const paired = spread.left || spread.right || tf.util.arraysEqual(a.shape, b.shape);
      const run = paired && a.dtype === 'float32' && b.dtype === 'float32' && pairwise(op, spread);
      if (!run) return stock.kernelFunc(call);
      const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
      return fillOnHeap(shape, op.dtype, [a, b], (result, left, right) => {
        const rounds = Math.floor(result.length / pairsPerRound);
        if (rounds > 0) run(left.byteOffset, right.byteOffset, result.byteOffset, rounds);
        for (let i = rounds * pairsPerRound; i < result.length; i++) {
          result[i] = Number(op.scalar(left[spread.left ? 0 : i]!, right[spread.right ? 0 : i]!));
        }
      });
    },
  });
}
