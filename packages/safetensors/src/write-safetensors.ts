import { type StoredTensor, UsageError } from '@flatbit/core';
import { bytesPerElement, codeOf, lengthBytes, metadataKey, sizeOf } from './safetensors.js';

/**
 * Tensors as a safetensors file, in pieces to be written one after the other: 8 bytes with the header's length, a JSON header
 * padded with spaces to a multiple of 8, and the data without holes, widest elements first so that all are aligned.
 * Format: https://huggingface.co/docs/safetensors
 * @throws UsageError if a tensor's values do not fill its shape, or its name is taken by the format.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): readonly Uint8Array[] {
  const width = ({ dtype }: StoredTensor) => bytesPerElement[codeOf[dtype]];
  const ordered = [...tensors].sort(([, a], [, b]) => width(b) - width(a));
  let end = 0;
  const entries = ordered.map(([name, tensor]) => {
    check(name, tensor);
    const begin = end;
    end += tensor.data.byteLength;
    return [name, { dtype: codeOf[tensor.dtype], shape: tensor.shape, data_offsets: [begin, end] }] as const;
  });
  const header = Object.fromEntries([[metadataKey, metadata], ...entries]);
  const data = ordered.map(
    ([, { data: values }]) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  return [...encodeHeader(JSON.stringify(header)), ...data];
}

function encodeHeader(json: string): readonly [Uint8Array, Uint8Array] {
  const text = new TextEncoder().encode(json);
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  const length = new Uint8Array(lengthBytes);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  return [length, padded];
}

function check(name: string, { dtype, shape, data }: StoredTensor): void {
  if (name === metadataKey) throw new UsageError(`tensor name "${name}" belongs to the safetensors format`);
  const bytes = bytesPerElement[codeOf[dtype]];
  if (data.BYTES_PER_ELEMENT === bytes && data.length === sizeOf(shape)) return;
  throw new UsageError(
    `tensor "${name}": ${data.length} values of ${data.BYTES_PER_ELEMENT} bytes do not fill ${dtype}[${shape}]`,
  );
}
