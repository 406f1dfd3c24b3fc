import * as tf from '@tensorflow/tfjs';

/**
 * One range for all calls of a shared layer, whatever their order: per element the smaller `min`, the larger `max`, and of
 * any other parameter (`clipValue`, `scale`) the value of larger magnitude. Inside a tidy.
 */
export function widest(next: tf.NamedTensorMap, earlier?: tf.NamedTensorMap): tf.NamedTensorMap {
  if (!earlier) return next;
  return Object.fromEntries(
    Object.entries(next).map(([name, value]) => [name, wider(name, value, earlier[name]!)]),
  );
}

function wider(name: string, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (name === 'min') return tf.minimum(a, b);
  if (name === 'max') return tf.maximum(a, b);
  return tf.where(a.abs().less(b.abs()), b, a);
}
