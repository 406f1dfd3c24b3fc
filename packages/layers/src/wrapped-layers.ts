import type * as tf from '@tensorflow/tfjs';
import { layerNames } from './layer-names.js';
import type { LayerUse } from './walk-layers.js';

/** A layer that another one calls in its own `call`. */
export interface WrappedLayer {
  readonly layer: tf.layers.Layer;
  readonly name: string;
  /** How a use of the wrapper uses it. */
  use(ofWrapper: LayerUse): LayerUse;
}

/** The layers inside a wrapper; none for any other layer. */
export function wrappedLayers(wrapper: tf.layers.Layer): readonly WrappedLayer[] {
  const { layer, forwardLayer, backwardLayer } = wrapper as unknown as Record<string, tf.layers.Layer>;
  if (wrapper.getClassName() === 'TimeDistributed')
    return [{ layer: layer!, name: layerNames([layer!]).get(layer!)!, use: perTimeStep }];
  if (wrapper.getClassName() === 'Bidirectional')
    return [
      { layer: forwardLayer!, name: 'forward', use: (ofWrapper) => ofWrapper },
      { layer: backwardLayer!, name: 'backward', use: (ofWrapper) => ofWrapper },
    ];
  return [];
}

/** `[batch, time, …]` → `time` uses of `[batch, …]`. */
function perTimeStep({ inputShapes, outputShapes, times }: LayerUse): LayerUse {
  const withoutTime = ([batch, , ...rest]: LayerUse['inputShapes'][number]) => [batch!, ...rest];
  const steps = inputShapes[0]![1]!;
  return {
    inputShapes: inputShapes.map(withoutTime),
    outputShapes: outputShapes.map(withoutTime),
    times: times === null || steps === null ? null : times * steps,
  };
}
