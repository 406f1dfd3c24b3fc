import type * as tf from '@tensorflow/tfjs';

/** One image in plain numbers, row by row, channels last. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: readonly number[];
}

const at = (plane: Plane, row: number, column: number, channel: number) =>
  row < 0 || row >= plane.height || column < 0 || column >= plane.width
    ? 0
    : plane.values[(row * plane.width + column) * plane.channels + channel]!;

/** Cross-correlation with `(kernel - 1) / 2` zeros on every side, as six loops. */
export function convolve(plane: Plane, layer: tf.layers.Layer, strides: number): Plane {
  const [kernel] = layer.getWeights();
  const [size, , channels, filters] = kernel!.shape as [number, number, number, number];
  const weights = kernel!.dataSync();
  const margin = (size - 1) / 2;
  const height = Math.ceil(plane.height / strides);
  const width = Math.ceil(plane.width / strides);
  const values: number[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let filter = 0; filter < filters; filter++) {
        let sum = 0;
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            for (let channel = 0; channel < channels; channel++) {
              sum +=
                at(plane, row * strides + i - margin, column * strides + j - margin, channel) *
                weights[((i * size + j) * channels + channel) * filters + filter]!;
            }
          }
        }
        values.push(sum);
      }
    }
  }
  return { height, width, channels: filters, values };
}

/** Batch norm with its moving statistics, epsilon 1e-5, and ReLU. */
export function normalizeAndRectify(plane: Plane, layer: tf.layers.Layer): Plane {
  const [gamma, beta, mean, variance] = layer.getWeights().map((weight) => weight.dataSync());
  const values = plane.values.map((value, index) => {
    const channel = index % plane.channels;
    const normal = (value - mean![channel]!) / Math.sqrt(variance![channel]! + 1e-5);
    return Math.max(0, gamma![channel]! * normal + beta![channel]!);
  });
  return { ...plane, values };
}

export function sum(a: Plane, b: Plane): Plane {
  return { ...a, values: a.values.map((value, index) => value + b.values[index]!) };
}

/** The mean of each channel, times the dense weights, plus the bias. */
export function classify(plane: Plane, layer: tf.layers.Layer): number[] {
  const [kernel, bias] = layer.getWeights().map((weight) => weight.dataSync());
  const means = Array.from({ length: plane.channels }, (_, channel) => {
    const own = plane.values.filter((_value, index) => index % plane.channels === channel);
    return own.reduce((a, b) => a + b) / own.length;
  });
  return Array.from(bias!, (offset, unit) =>
    means.reduce((total, mean, channel) => total + mean * kernel![channel * bias!.length + unit]!, offset),
  );
}
