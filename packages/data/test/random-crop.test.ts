import assert from 'node:assert/strict';
import { randomCrop, randomStream } from '@flatbit/data';
import { scripted } from './tiny-dataset.js';

const image = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);

/** The crop whose upper left corner lies at this place of the padded image. */
function cropAt(row: number, column: number): number[] {
  return Array.from(randomCrop({ padding: 1 })(image, [3, 3, 1], scripted([row, column])));
}

describe('randomCrop', () => {
  it('cuts where the stream says', () => {
    // The padded image is 0 0 0 0 0 / 0 1 2 3 0 / 0 4 5 6 0 / 0 7 8 9 0 / 0 0 0 0 0.
    assert.deepEqual(cropAt(1, 1), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(cropAt(0, 0), [0, 0, 0, 0, 1, 2, 0, 4, 5]);
    assert.deepEqual(cropAt(2, 2), [5, 6, 0, 8, 9, 0, 0, 0, 0]);
    assert.deepEqual(cropAt(0, 2), [0, 0, 0, 2, 3, 0, 5, 6, 0]);
    assert.deepEqual(cropAt(2, 1), [4, 5, 6, 7, 8, 9, 0, 0, 0]);
  });

  it('keeps channels together in images that are not square', () => {
    // 1 x 3 pixels of two channels; padded by one, row 1, column 2 leaves the second and the third pixel.
    const cropped = randomCrop({ padding: 1 })(
      Float32Array.of(1, -1, 2, -2, 3, -3),
      [1, 3, 2],
      scripted([1, 2]),
    );
    assert.deepEqual(Array.from(cropped), [2, -2, 3, -3, 0, 0]);
  });

  it('gives zeros where the padding is wider than the image', () => {
    // Row 0 and column 0 of a padding of 4 are outside a 3 x 3 image altogether.
    const cropped = randomCrop({ padding: 4 })(image, [3, 3, 1], scripted([0, 0]));
    assert.deepEqual(Array.from(cropped), [0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const opposite = randomCrop({ padding: 4 })(image, [3, 3, 1], scripted([8, 8]));
    assert.deepEqual(Array.from(opposite), [0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('takes each of the nine places of a padding of 1, and leaves the image as it was', () => {
    const random = randomStream('places');
    const crop = randomCrop({ padding: 1 });
    const places = new Set(Array.from({ length: 200 }, () => crop(image, [3, 3, 1], random).join()));
    assert.equal(places.size, 9);
    assert.deepEqual(Array.from(image), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  for (const padding of [-1, 0.5, Number.NaN]) {
    it(`refuses a padding of ${padding}`, () => {
      assert.throws(() => randomCrop({ padding }), {
        name: 'UsageError',
        message: `padding is ${padding}; it takes an integer of 0 or more`,
      });
    });
  }
});
