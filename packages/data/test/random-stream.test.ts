import assert from 'node:assert/strict';
import { murmurHash3, philox4x32, randomStream, type RandomStream } from '@flatbit/data';

const draws = (length: number, draw: () => number) => Array.from({ length }, draw);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const words = (stream: RandomStream, count = 8) => draws(count, stream.uint32);

describe('randomStream', () => {
  it('takes its words from Philox under the MurmurHash3 of its keys, block after block', () => {
    // The number 42 is the float64 0x40450000_00000000; 'ab' has two characters, 97 and 98.
    const keyed = [1, 0x40450000, 0, 2, 2, 97, 98];
    const [h0, h1, h2, h3] = [0, 1, 2, 3].map((seed) => murmurHash3(keyed, seed)) as [
      number,
      number,
      number,
      number,
    ];
    assert.deepEqual(words(randomStream(42, 'ab')), [
      ...philox4x32([0, 0, h2, h3], [h0, h1]),
      ...philox4x32([1, 0, h2, h3], [h0, h1]),
    ]);
  });

  it('gives these words for ever', () => {
    assert.deepEqual(
      words(randomStream(0, 'shuffle', 1), 5),
      [4221444510, 1835332261, 4052252077, 256178127, 576696651],
    );
  });

  it('gives the same numbers for the same keys, and others for others', () => {
    assert.deepEqual(words(randomStream(1, 'a', 2)), words(randomStream(1, 'a', 2)));
    const streams = [
      [],
      [0],
      [1],
      [-1],
      [0.5],
      ['0'],
      ['1'],
      [1, 2],
      [2, 1],
      ['12'],
      ['1', '2'],
      ['a', 'b'],
      ['ab'],
      ['ba'],
      [1, 'a', 2],
    ];
    const firsts = streams.map((keys) => randomStream(...keys).uint32());
    assert.equal(new Set(firsts).size, streams.length);
  });

  it('makes a uniform number of the upper 27 and 26 bits of two words', () => {
    const [a, b] = words(randomStream('uniform'), 2) as [number, number];
    const expected = (BigInt(a >>> 5) << 26n) + BigInt(b >>> 6);
    assert.equal(randomStream('uniform').uniform(), Number(expected) / 2 ** 53);
  });

  it('spreads uniform numbers evenly over [0, 1)', () => {
    const values = draws(100_000, randomStream('spread').uniform);
    assert.ok(values.every((value) => value >= 0 && value < 1));
    // Standard errors: 0.2887 / sqrt(100,000) = 0.0009 and 0.0745 / sqrt(100,000) = 0.00024.
    assert.ok(Math.abs(mean(values) - 1 / 2) < 0.003);
    assert.ok(Math.abs(mean(values.map((value) => (value - 0.5) ** 2)) - 1 / 12) < 0.001);
    // Neighbours are uncorrelated: the correlation's standard error is 0.0032.
    const products = values.slice(1).map((value, index) => (value - 0.5) * (values[index]! - 0.5) * 12);
    assert.ok(Math.abs(mean(products)) < 0.01);
  });

  it('gives every integer below the bound as often as the others', () => {
    const counts = new Array<number>(7).fill(0);
    const { int } = randomStream('dice');
    for (let draw = 0; draw < 70_000; draw++) {
      counts[int(7)]!++;
    }
    // Chi-squared with 6 degrees of freedom exceeds 22.5 once in 1000 times.
    const chiSquared = counts.reduce((total, count) => total + (count - 10_000) ** 2 / 10_000, 0);
    assert.ok(chiSquared < 22.5, `${chiSquared}`);
  });

  it('favours no remainder where the bound does not divide 2^32', () => {
    // Remainders of plain 32-bit words by 3 * 2^30 fall below 2^30 half of the time; fair ones a third.
    const { int } = randomStream('three quarters');
    const values = draws(3_000, () => int(3 * 2 ** 30));
    const low = values.filter((value) => value < 2 ** 30).length / values.length;
    assert.ok(Math.abs(low - 1 / 3) < 0.035, `${low}`);
  });

  it('takes the bounds 1 and 2^32, and refuses others beyond them', () => {
    assert.equal(randomStream(5).int(1), 0);
    assert.equal(randomStream(5).int(2 ** 32), randomStream(5).uint32());
    for (const bound of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      assert.throws(() => randomStream(5).int(bound), {
        name: 'UsageError',
        message: `a random integer below ${bound} cannot be drawn; the bound takes an integer from 1 to 2^32`,
      });
    }
  });

  it('gives normal numbers of mean 0, variance 1 and kurtosis 3', () => {
    const values = draws(100_000, randomStream('normal').normal);
    // Standard errors: 0.0032, 0.0045, and sqrt(96 / 100,000) = 0.031.
    assert.ok(Math.abs(mean(values)) < 0.01);
    assert.ok(Math.abs(mean(values.map((value) => value ** 2)) - 1) < 0.015);
    assert.ok(Math.abs(mean(values.map((value) => value ** 4)) - 3) < 0.1);
    // 2.275 % lie above two (standard error 0.047 %).
    assert.ok(Math.abs(values.filter((value) => value > 2).length / 1e5 - 0.02275) < 0.0015);
  });

  it('shuffles in place, into each order as often as the others', () => {
    const stream = randomStream('shuffle');
    const counts = new Map<string, number>();
    for (let trial = 0; trial < 6_000; trial++) {
      const items = ['a', 'b', 'c'];
      assert.equal(stream.shuffle(items), items);
      counts.set(items.join(''), (counts.get(items.join('')) ?? 0) + 1);
    }
    assert.deepEqual([...counts.keys()].sort(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    // Chi-squared with 5 degrees of freedom exceeds 20.5 once in 1000 times.
    const chiSquared = [...counts.values()].reduce((total, count) => total + (count - 1_000) ** 2 / 1_000, 0);
    assert.ok(chiSquared < 20.5, `${chiSquared}`);
  });

  it('shuffles typed arrays, and leaves nothing and one item as they are', () => {
    const shuffled = randomStream(3).shuffle(Uint32Array.from({ length: 100 }, (_, index) => index));
    assert.notDeepEqual(
      [...shuffled],
      [...shuffled].sort((a, b) => a - b),
    );
    assert.deepEqual(
      [...shuffled].sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, index) => index),
    );
    assert.deepEqual(randomStream(3).shuffle([]), []);
    assert.deepEqual(randomStream(3).shuffle(['only']), ['only']);
  });

  it('gives unrelated numbers for neighbouring keys', () => {
    const firsts = draws(
      20_000,
      (() => {
        let index = 0;
        return () => randomStream(1, 'augment', 0, index++).uniform();
      })(),
    );
    const products = firsts.slice(1).map((value, index) => (value - 0.5) * (firsts[index]! - 0.5) * 12);
    // Standard errors: 0.002 and 0.0071.
    assert.ok(Math.abs(mean(firsts) - 0.5) < 0.007);
    assert.ok(Math.abs(mean(products)) < 0.022);
  });
});
