import { type StoredTensor, UsageError } from '@flatbit/core';
import { openSafetensors, readSafetensors, writeSafetensors } from '@flatbit/safetensors';
import { expectSameBits } from '@flatbit/testing';
import { expect } from 'chai';

const join = (pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));

/** A file of any header and data. */
function fileOf(header: string | Uint8Array, data: number | Uint8Array = 0, length?: number): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const first = new Uint8Array(8);
  new DataView(first.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  return join([first, text, typeof data === 'number' ? new Uint8Array(data) : data]);
}

const float = (shape: number[], ...values: number[]): StoredTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

describe('writeSafetensors', () => {
  it('writes length, header and data as the format has them', () => {
    const file = join(
      writeSafetensors(
        new Map<string, StoredTensor>([
          ['flag', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
          ['w', float([1, 2], 1, -2)],
          ['step', { dtype: 'int32', shape: [], data: Int32Array.of(258) }],
        ]),
        { format: 'test' },
      ),
    );
    // Widest first, in the order given: w takes bytes 0 to 8, step 8 to 12, flag 12 to 15.
    const header =
      '{"__metadata__":{"format":"test"},' +
      '"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},' +
      '"step":{"dtype":"I32","shape":[],"data_offsets":[8,12]},' +
      '"flag":{"dtype":"BOOL","shape":[3],"data_offsets":[12,15]}}';
    // 204 characters, and four spaces up to the next multiple of 8.
    expect(header).to.have.length(204);
    expect([...file.subarray(0, 8)]).to.deep.equal([208, 0, 0, 0, 0, 0, 0, 0]);
    expect(Buffer.from(file.subarray(8, 216)).toString()).to.equal(`${header}    `);
    // 1 is 0x3f800000, −2 is 0xc0000000, 258 is 0x0102; lowest byte first.
    expect([...file.subarray(216)]).to.deep.equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 2, 1, 0, 0, 1, 0, 1]);
  });

  it('pads the header with spaces, so that data begins at a multiple of 8', () => {
    for (let length = 1; length <= 9; length += 1) {
      const [first, header] = writeSafetensors(new Map([['n'.repeat(length), float([1], 1)]]));
      expect(header!.length % 8).to.equal(0);
      expect(new DataView(first!.buffer).getBigUint64(0, true)).to.equal(BigInt(header!.length));
      expect(Buffer.from(header!).toString()).to.match(/^\{"__metadata__":\{\},"n+":\{.*\}\} *$/);
    }
  });

  it('writes a view into a larger buffer, and no more', () => {
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const { tensors } = readSafetensors(join(writeSafetensors(new Map([['v', { ...float([2]), data }]]))));
    expectSameBits(tensors.get('v')!.data, [2, 3]);
  });

  it('refuses values that do not fill their shape, and the name of the metadata', () => {
    expect(() => writeSafetensors(new Map([['w', float([2, 2], 1, 2, 3)]]))).to.throw(
      UsageError,
      'tensor "w": 3 values of 4 bytes do not fill float32[2,2]',
    );
    expect(() =>
      writeSafetensors(new Map([['w', { dtype: 'bool', shape: [1], data: Float32Array.of(1) }]])),
    ).to.throw(UsageError, 'do not fill bool[1]');
    expect(() => writeSafetensors(new Map([['__metadata__', float([1], 1)]]))).to.throw(
      UsageError,
      'belongs to',
    );
  });
});

describe('readSafetensors', () => {
  it('reads back what was written, bit for bit', () => {
    const tensors = new Map<string, StoredTensor>([
      ['a/ü "quoted" \\ name', float([2, 3], NaN, -0, Infinity, 1e-45, 3e38, 0.1)],
      ['empty', float([0, 5])],
      ['scalar', { dtype: 'int32', shape: [], data: Int32Array.of(-(2 ** 31)) }],
      ['mask', { dtype: 'bool', shape: [5], data: Uint8Array.of(1, 0, 0, 1, 1) }],
      ['after', float([1], 7)],
    ]);
    const read = readSafetensors(join(writeSafetensors(tensors, { made: 'by a test' })));
    expect([...read.metadata]).to.deep.equal([['made', 'by a test']]);
    expect([...read.tensors.keys()].sort()).to.deep.equal([...tensors.keys()].sort());
    for (const [name, { dtype, shape, data }] of tensors) {
      const found = read.tensors.get(name)!;
      expect({ dtype: found.dtype, shape: found.shape }).to.deep.equal({ dtype, shape });
      expect(Buffer.from(found.data.buffer, found.data.byteOffset, found.data.byteLength)).to.deep.equal(
        Buffer.from(data.buffer, data.byteOffset, data.byteLength),
      );
    }
  });

  it('reads a file without metadata, padded or not, and one without tensors', () => {
    const header = '{"w":{"data_offsets":[0,4],"shape":[1],"dtype":"F32"}}';
    for (const text of [header, `${header}   \n`]) {
      const { tensors, metadata } = readSafetensors(fileOf(text, new Uint8Array(Float32Array.of(5).buffer)));
      expectSameBits(tensors.get('w')!.data, [5]);
      expect(metadata.size).to.equal(0);
    }
    expect(readSafetensors(fileOf('{}')).tensors.size).to.equal(0);
  });

  const entry = (fields: string) => fileOf(`{"w":{${fields}}}`, 4);
  const good = '"dtype":"F32","shape":[1],"data_offsets":[0,4]';
  const two = (a: string, b: string, data: number) =>
    fileOf(
      `{"a":{"dtype":"F32","shape":[1],"data_offsets":${a}},"b":{"dtype":"F32","shape":[1],"data_offsets":${b}}}`,
      data,
    );

  const broken: Readonly<Record<string, readonly [Uint8Array, string]>> = {
    'an empty file': [new Uint8Array(0), '0 bytes are too few'],
    'a file that ends in the length': [new Uint8Array(7), '7 bytes are too few'],
    'a header longer than the file': [fileOf('{}', 0, 3), 'a header of 3 bytes does not fit; 2 do'],
    'a header of 2⁶⁴ − 1 bytes': [new Uint8Array(16).fill(0xff), 'a header of 18446744073709551615 bytes'],
    'a header that begins with a space': [fileOf(' {}'), 'does not begin with {'],
    'an empty header': [fileOf(''), 'does not begin with {'],
    'a header that is not UTF-8': [
      fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)),
      'the header is not what it should be',
    ],
    'a header that is not JSON': [fileOf('{"w":'), 'a value expected at character 5'],
    'something after the header': [fileOf('{}{}'), 'end expected at character 2'],
    'a comma too many': [fileOf('{"__metadata__":{},}'), 'a key expected'],
    'a key without quotes': [fileOf('{w:{}}'), 'a key expected at character 1'],
    'a key with a bad escape': [fileOf('{"\\x":{}}'), 'the header is not what it should be'],
    'a key given twice': [fileOf(`{"w":{${good}},"w":{${good}}}`, 4), 'key "w" given twice'],
    'a key given twice in another spelling': [
      fileOf(`{"w":{${good}},"\\u0077":{${good}}}`, 4),
      'key "w" given twice',
    ],
    'a field given twice': [entry(`${good},"dtype":"F32"`), 'key "dtype" given twice'],
    'lists in lists': [entry('"dtype":"F32","shape":[[1]],"data_offsets":[0,4]'), 'nested deeper than 3'],
    'a deep nest': [fileOf(`{"w":${'['.repeat(100_000)}`), 'nested deeper than 3'],
    'metadata that is not strings': [
      fileOf('{"__metadata__":{"a":1}}'),
      '__metadata__ is not an object of strings',
    ],
    'metadata that is no object': [
      fileOf('{"__metadata__":"a"}'),
      '__metadata__ is not an object of strings',
    ],
    'a tensor that is no object': [fileOf('{"w":3}'), 'tensor "w": is not an object'],
    'an empty name': [fileOf(`{"":{${good}}}`, 4), 'tensor "": a name has 1 to 1024'],
    'a name with a line break': [fileOf(`{"a\\nb":{${good}}}`, 4), 'tensor "a\\nb": a name has'],
    'a name that is too long': [fileOf(`{"${'n'.repeat(1025)}":{${good}}}`, 4), 'a name has 1 to 1024'],
    'a dtype that TensorFlow.js lacks': [
      entry('"dtype":"F16","shape":[2],"data_offsets":[0,4]'),
      'tensor "w": dtype is "F16"; F32, I32 and BOOL are read',
    ],
    'an unknown dtype': [
      entry('"dtype":"F12","shape":[2],"data_offsets":[0,4]'),
      'dtype is "F12"; the format has BOOL, U8, ',
    ],
    'a dtype that every object has': [
      entry('"dtype":"constructor","shape":[1],"data_offsets":[0,4]'),
      'dtype is "constructor"; the format has',
    ],
    'a missing dtype': [entry('"shape":[1],"data_offsets":[0,4]'), 'dtype is undefined'],
    'an unknown field': [entry(`${good},"strides":[1]`), 'unknown field "strides"'],
    'a missing shape': [entry('"dtype":"F32","data_offsets":[0,4]'), 'shape is not a list of sizes'],
    'a negative size': [
      entry('"dtype":"F32","shape":[-1],"data_offsets":[0,4]'),
      'shape is not a list of sizes',
    ],
    'half a size': [
      entry('"dtype":"F32","shape":[0.5],"data_offsets":[0,4]'),
      'shape is not a list of sizes',
    ],
    'a size beyond 2⁵³': [
      entry('"dtype":"F32","shape":[1e16],"data_offsets":[0,4]'),
      'shape is not a list of sizes',
    ],
    'a product of sizes that overflows': [
      entry('"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]'),
      'and has 4',
    ],
    'one offset': [entry('"dtype":"F32","shape":[1],"data_offsets":[0]'), 'data_offsets is not a pair'],
    'offsets the wrong way round': [
      entry('"dtype":"F32","shape":[1],"data_offsets":[4,0]'),
      'takes 4 bytes, and has -4',
    ],
    'a shape that needs more bytes': [
      entry('"dtype":"F32","shape":[2],"data_offsets":[0,4]'),
      'F32[2] takes 8 bytes, and has 4',
    ],
    'offsets beyond the file': [two('[0,4]', '[4,8]', 7), 'tensors fill 8 bytes, and 7 are there'],
    'data behind the last tensor': [two('[0,4]', '[4,8]', 9), 'tensors fill 8 bytes, and 9 are there'],
    'tensors that overlap': [
      two('[0,4]', '[2,6]', 6),
      'tensor "b" overlaps the one before it: it begins at 2, not 4',
    ],
    'the same bytes twice': [two('[0,4]', '[0,4]', 4), 'tensor "b" overlaps the one before it'],
    'a hole': [two('[0,4]', '[8,12]', 12), 'tensor "b" leaves a hole before it: it begins at 8, not 4'],
    'a hole at the start': [two('[4,8]', '[8,12]', 12), 'tensor "a" leaves a hole before it'],
  };
  for (const [what, [file, message]] of Object.entries(broken)) {
    it(`refuses ${what}`, () => {
      expect(() => readSafetensors(file)).to.throw(UsageError, message);
    });
  }

  it('opens a file that holds other dtypes too, and reads a copy of what is asked for', () => {
    const file = Buffer.from(
      fileOf(
        '{"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}',
        join([new Uint8Array(8), new Uint8Array(Float32Array.of(3).buffer)]),
      ),
    );
    const { entries, read } = openSafetensors(file);
    const [n, w] = entries;
    expect(n).to.deep.equal({ name: 'n', dtype: 'I64', shape: [], begin: 0, end: 8 });
    expect(() => read(n!)).to.throw(UsageError, 'tensor "n": dtype is "I64"; F32, I32 and BOOL are read');
    const { data } = read(w!);
    file.fill(0);
    expectSameBits(data, [3]);
  });

  it('gives a tensor named like an inner part of objects no power', () => {
    const { tensors } = readSafetensors(
      fileOf(`{"__proto__":{${good}}}`, new Uint8Array(Float32Array.of(3).buffer)),
    );
    expectSameBits(tensors.get('__proto__')!.data, [3]);
  });
});
