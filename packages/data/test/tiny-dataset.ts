import type { Batch } from '@flatbit/core';
import type { ImageDataset, RandomStream } from '@flatbit/data';

/** Images of 2 x 3 x 1 whose label is their index and whose pixels are 10 * index + 0…5. */
export function tinyDataset(count: number): ImageDataset {
  return {
    images: Float32Array.from(
      { length: count * 6 },
      (_, position) => 10 * Math.floor(position / 6) + (position % 6),
    ),
    labels: Int32Array.from({ length: count }, (_, index) => index),
    count,
    shape: [2, 3, 1],
    classes: count,
  };
}

/** The content of batches in plain numbers; disposes their tensors. */
export function drain(batches: Iterable<Batch>): { labels: number[]; images: number[][] }[] {
  return Array.from(batches, ({ inputs, targets }) => {
    const [input] = inputs;
    const size = input!.shape.slice(1).reduce((a, b) => a * b, 1);
    const pixels = Array.from(input!.dataSync());
    const labels = Array.from(targets[0]!.dataSync());
    [...inputs, ...targets].forEach((tensor) => {
      tensor.dispose();
    });
    return { labels, images: labels.map((_, index) => pixels.slice(index * size, (index + 1) * size)) };
  });
}

/** A stream that answers `int` and `uniform` with what it is given, in turn, and everything else with an error. */
export function scripted(answers: readonly number[]): RandomStream {
  const left = [...answers];
  const next = () => left.shift()!;
  const refuse = () => {
    throw new Error('not scripted');
  };
  return { int: next, uniform: next, uint32: refuse, normal: refuse, shuffle: refuse };
}
