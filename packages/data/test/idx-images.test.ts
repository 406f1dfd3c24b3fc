import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { idxImages } from '@flatbit/data';
import { idxBytes, temporaryFolder } from './idx-file.js';

describe('idxImages', () => {
  const folder = temporaryFolder();
  after(() => {
    folder.remove();
  });

  const twoImages = folder.write('images', idxBytes(0x08, [2, 1, 2], [1, 2, 3, 4]));
  const twoLabels = folder.write('labels', idxBytes(0x08, [2], [9, 0]));

  function refuses(images: string, labels: string, message: string, classes = 10): void {
    assert.throws(() => idxImages(images, labels, { classes }), { name: 'UsageError', message });
  }

  it('joins images and labels, and keeps bytes as bytes', () => {
    assert.deepEqual(idxImages(twoImages, twoLabels, { classes: 10 }), {
      images: Uint8Array.of(1, 2, 3, 4),
      labels: Uint8Array.of(9, 0),
      count: 2,
      shape: [1, 2, 1],
      classes: 10,
    });
  });

  it('reads gzipped files, channels, and labels of other integers', () => {
    const images = folder.write('rgb.gz', gzipSync(idxBytes(0x08, [1, 1, 1, 3], [5, 6, 7])));
    const labels = folder.write('ints.gz', gzipSync(idxBytes(0x0c, [1], [0, 0, 1, 0])));
    assert.deepEqual(idxImages(images, labels, { classes: 1000 }), {
      images: Uint8Array.of(5, 6, 7),
      labels: Int32Array.of(256),
      count: 1,
      shape: [1, 1, 3],
      classes: 1000,
    });
  });

  it('makes floats of pixels that are not bytes', () => {
    const labels = folder.write('zero', idxBytes(0x08, [1], [0]));
    // -2 as a short; 0.5 as a double
    const shorts = folder.write('shorts', idxBytes(0x0b, [1, 1, 1], [0xff, 0xfe]));
    assert.deepEqual(idxImages(shorts, labels, { classes: 1 }).images, Float32Array.of(-2));
    const doubles = folder.write('doubles', idxBytes(0x0e, [1, 1, 1], [0x3f, 0xe0, 0, 0, 0, 0, 0, 0]));
    assert.deepEqual(idxImages(doubles, labels, { classes: 1 }).images, Float32Array.of(0.5));
  });

  it('refuses a double that does not fit float32', () => {
    const labels = folder.write('zero', idxBytes(0x08, [1], [0]));
    // 7fe0… is 2^1023.
    const doubles = folder.write('large', idxBytes(0x0e, [1, 1, 1], [0x7f, 0xe0, 0, 0, 0, 0, 0, 0]));
    refuses(doubles, labels, `${doubles}: the value at [0, 0, 0] is Infinity; give finite numbers`);
  });

  it('refuses images of another shape', () => {
    refuses(
      twoLabels,
      twoLabels,
      `${twoLabels} has shape [2]; images take [count, height, width] or [count, height, width, channels]`,
    );
    const flat = folder.write('flat', idxBytes(0x08, [2, 0, 3], []));
    refuses(
      flat,
      twoLabels,
      `${flat} has shape [2, 0, 3]; images take [count, height, width] or [count, height, width, channels]`,
    );
  });

  it('refuses labels that are no list of integers', () => {
    refuses(
      twoImages,
      twoImages,
      `${twoImages} holds uint8 values of shape [2, 1, 2]; labels take integers of shape [count]`,
    );
    const floats = folder.write('floats', idxBytes(0x0d, [2], [0, 0, 0, 0, 0, 0, 0, 0]));
    refuses(
      twoImages,
      floats,
      `${floats} holds float32 values of shape [2]; labels take integers of shape [count]`,
    );
  });

  it('refuses other numbers of images and labels', () => {
    const three = folder.write('three', idxBytes(0x08, [3], [0, 0, 0]));
    refuses(
      twoImages,
      three,
      `${twoImages} holds 2 images and ${three} 3 labels; give two files of one data set`,
    );
  });

  it('says which label is none of the classes', () => {
    const last = folder.write('last', idxBytes(0x08, [2], [9, 10]));
    refuses(twoImages, last, `${last}: label 1 is 10; with 10 classes a label is 0 to 9`);
    const negative = folder.write('negative', idxBytes(0x09, [2], [255, 0]));
    refuses(twoImages, negative, `${negative}: label 0 is -1; with 10 classes a label is 0 to 9`);
  });

  it('refuses a number of classes that is no positive integer', () => {
    refuses(twoImages, twoLabels, 'classes is 0; it takes a positive integer', 0);
  });

  it('passes on what is wrong with a file', () => {
    refuses(
      twoImages,
      `${twoLabels}.gz`,
      `no file at ${twoLabels}.gz; give the path of an IDX file, plain or gzipped`,
    );
  });
});
