import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { channelStatistics, digits } from '@flatbit/data';

describe('digits', () => {
  it('holds 10,000 images of 28 x 28 bytes in ten classes', () => {
    const { images, labels, count, shape, classes } = digits();
    assert.equal(count, 10_000);
    assert.deepEqual(shape, [28, 28, 1]);
    assert.equal(classes, 10);
    assert.ok(images instanceof Uint8Array);
    assert.equal(images.length, 10_000 * 784);
    assert.equal(labels.length, 10_000);
  });

  it('has the class counts of the first 10,000 images of MNIST', () => {
    const counts = new Array<number>(10).fill(0);
    digits().labels.forEach((label) => counts[label]!++);
    assert.deepEqual(counts, [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
  });

  it('has the bytes whose rounded fractions the package carries', () => {
    const { data } = createRequire(import.meta.url)('mnist/src/digits/3.json') as { data: number[] };
    const { images } = digits();
    const start = (1001 + 1127 + 991) * 784;
    const differs = data.findIndex(
      (value, index) => Number((images[start + index]! / 255).toFixed(3)) !== value,
    );
    assert.equal(differs, -1);
  });

  it('has the mean and the deviation that MNIST is known for', () => {
    // 0.1307 and 0.3081 over all 60,000.
    const { mean, std } = channelStatistics(digits());
    assert.ok(Math.abs(mean[0]! - 0.1307) < 0.001);
    assert.ok(Math.abs(std[0]! - 0.3081) < 0.001);
  });

  it('is read once', () => {
    assert.equal(digits(), digits());
  });
});
