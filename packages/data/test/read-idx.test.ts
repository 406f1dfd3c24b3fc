import assert from 'node:assert/strict';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readIdx } from '@flatbit/data';
import { idxBytes, temporaryFolder } from './idx-file.js';

describe('readIdx', () => {
  const folder = temporaryFolder();
  after(() => {
    folder.remove();
  });

  /** Writes the bytes, and expects the error whose message is this with the path in front. */
  function refuses(name: string, bytes: Uint8Array, message: string): void {
    const path = folder.write(name, bytes);
    assert.throws(() => readIdx(path), { name: 'UsageError', message: `${path} ${message}` });
  }

  // Each value by hand from its big-endian bytes.
  const golden = [
    [
      'unsigned bytes',
      0x08,
      'uint8',
      [2, 3],
      [0, 1, 127, 128, 254, 255],
      Uint8Array.of(0, 1, 127, 128, 254, 255),
    ],
    ['signed bytes', 0x09, 'int8', [3], [127, 128, 255], Int8Array.of(127, -128, -1)],
    ['shorts', 0x0b, 'int16', [3], [1, 2, 0x80, 0, 0xff, 0xfe], Int16Array.of(258, -32768, -2)],
    ['ints', 0x0c, 'int32', [1, 2], [0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff], Int32Array.of(65536, -1)],
    // 3f800000 = 1, c0200000 = -2.5
    ['floats', 0x0d, 'float32', [2, 1], [0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0], Float32Array.of(1, -2.5)],
    // 3fe0… = 0.5
    ['doubles', 0x0e, 'float64', [1], [0x3f, 0xe0, 0, 0, 0, 0, 0, 0], Float64Array.of(0.5)],
  ] as const;

  for (const [title, code, type, shape, data, values] of golden) {
    it(`reads ${title}, plain and gzipped`, () => {
      const bytes = idxBytes(code, shape, data);
      assert.deepEqual(readIdx(folder.write('plain', bytes)), { type, shape, values });
      assert.deepEqual(readIdx(folder.write('zipped', gzipSync(bytes))), { type, shape, values });
    });
  }

  it('reads a file longer than what it looks at first', () => {
    const data = Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251);
    const bytes = idxBytes(0x08, [300, 1000], data);
    assert.deepEqual(Array.from(readIdx(folder.write('long', bytes)).values), data);
    // Stored without compression, so that its first part ends in the middle of the stream.
    assert.deepEqual(
      Array.from(readIdx(folder.write('long.gz', gzipSync(bytes, { level: 0 }))).values),
      data,
    );
  });

  it('reads a file without values', () => {
    assert.deepEqual(readIdx(folder.write('empty', idxBytes(0x08, [0, 28, 28], []))), {
      type: 'uint8',
      shape: [0, 28, 28],
      values: new Uint8Array(),
    });
  });

  it('refuses a missing file', () => {
    const path = join(folder.path, 'missing');
    assert.throws(() => readIdx(path), {
      name: 'UsageError',
      message: `no file at ${path}; give the path of an IDX file, plain or gzipped`,
    });
  });

  it('refuses a folder, and a path through a file', () => {
    assert.throws(() => readIdx(folder.path), {
      name: 'UsageError',
      message: `${folder.path} is not a file; give the path of an IDX file, plain or gzipped`,
    });
    const through = join(folder.write('file', Buffer.of(0)), 'inside');
    assert.throws(() => readIdx(through), { name: 'UsageError', message: /inside cannot be read: ENOTDIR/ });
  });

  for (const [title, bytes, start] of [
    ['another format', [0x89, 0x50, 0x4e, 0x47, 0x0d], '89 50 4e 47'],
    ['an unknown type', [0, 0, 0x0a, 1, 0, 0, 0, 0], '00 00 0a 01'],
    ['no dimension', [0, 0, 0x08, 0, 1], '00 00 08 00'],
    ['three bytes', [0, 0, 0x08], '00 00 08'],
    ['nothing', [], ''],
  ] as const) {
    const message = `is not an IDX file: it begins with "${start}" and not with 00 00, a type of 08, 09, 0b, 0c, 0d or 0e, and the number of dimensions; give an IDX file, plain or gzipped`;
    it(`refuses ${title}, plain and gzipped`, () => {
      refuses('stranger', Buffer.from(bytes), message);
      refuses('stranger.gz', gzipSync(Buffer.from(bytes)), message);
    });
  }

  it('refuses a header that ends early', () => {
    refuses(
      'header',
      Buffer.of(0, 0, 8, 3, 0, 0, 0, 1),
      'is truncated: expected 16 bytes, got 8; get the file again',
    );
  });

  it('refuses a truncated file, plain and gzipped', () => {
    // 4 + 2 * 4 bytes of header and 2 * 3 shorts make 24 bytes.
    const bytes = idxBytes(0x0b, [2, 3], [0, 1, 0, 2, 0, 3, 0]);
    const message = 'is truncated: expected 24 bytes, got 19; get the file again';
    refuses('short', bytes, message);
    refuses('short.gz', gzipSync(bytes), message);
  });

  it('refuses trailing bytes, plain and gzipped', () => {
    const bytes = idxBytes(0x08, [2], [1, 2, 3]);
    const advice = 'get the file again, or see that it is one IDX file';
    refuses('trailing', bytes, `goes on after its data: expected 10 bytes, got 11; ${advice}`);
    refuses('trailing.gz', gzipSync(bytes), `goes on after its data: expected 10 bytes, got more; ${advice}`);
  });

  it('refuses sizes beyond the file before it allocates anything', () => {
    const most = 0xffffffff;
    // (2^32 - 1)^2 doubles are 8 * 18446744065119617025 bytes, which rounds to 147573952520956940000.
    const bytes = idxBytes(0x0e, [most, most], [1, 2, 3]);
    refuses('vast', bytes, 'is truncated: expected 147573952520956940000 bytes, got 15; get the file again');
    const zipped = gzipSync(bytes);
    refuses(
      'vast.gz',
      zipped,
      `is truncated: expected 147573952520956940000 bytes, more than ${zipped.length} bytes of gzip can hold; get the file again`,
    );
  });

  it('stops at the size in the header when a small gzip grows large', () => {
    const zipped = gzipSync(Buffer.concat([idxBytes(0x08, [1], [7]), Buffer.alloc(50_000_000)]));
    refuses(
      'bomb.gz',
      zipped,
      'goes on after its data: expected 9 bytes, got more; get the file again, or see that it is one IDX file',
    );
  });

  it('refuses broken gzip', () => {
    const whole = gzipSync(
      idxBytes(
        0x08,
        [1000],
        Array.from({ length: 1000 }, (_, index) => (index * index) % 256),
      ),
    );
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 6]! ^= 0xff;
    refuses('flipped.gz', flipped, 'is a broken gzip file (incorrect data check); get the file again');
    refuses(
      'cut.gz',
      whole.subarray(0, whole.length - 20),
      'is a broken gzip file (unexpected end of file); get the file again',
    );
    refuses(
      'magic.gz',
      Buffer.of(0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9),
      'is a broken gzip file (unknown compression method); get the file again',
    );
  });

  it('says where a float is not finite', () => {
    const one = [0x3f, 0x80, 0, 0];
    const nan = folder.write(
      'nan',
      idxBytes(0x0d, [2, 2, 2], [one, one, one, one, one, [0x7f, 0xc0, 0, 0], one, one].flat()),
    );
    // Position 5 = 1 * 4 + 0 * 2 + 1.
    assert.throws(() => readIdx(nan), {
      name: 'UsageError',
      message: `${nan}: the value at [1, 0, 1] is NaN; give finite numbers`,
    });
    const infinite = folder.write('infinite', idxBytes(0x0e, [1], [0xff, 0xf0, 0, 0, 0, 0, 0, 0]));
    assert.throws(() => readIdx(infinite), {
      name: 'UsageError',
      message: `${infinite}: the value at [0] is -Infinity; give finite numbers`,
    });
  });
});
