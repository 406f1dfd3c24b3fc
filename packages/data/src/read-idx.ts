import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { UsageError } from '@flatbit/core';
import { decodeIdx, type IdxArray } from './decode-idx.js';
import { parseIdxHeader, truncated } from './idx-header.js';

/** Longer than any IDX header, which takes at most 4 + 4 * 255 bytes, also when it is compressed. */
const prefixBytes = 16_384;

/** No byte of deflate makes more bytes than this (RFC 1951: 258 bytes from two bits, and the block's overhead). */
const deflateRatio = 1032;

/**
 * Reads an IDX file, plain or gzipped, whatever it is called: bytes, signed bytes, shorts, ints, floats or doubles of any shape.
 *
 * The header is held against the length of the file before anything is allocated for the data.
 * @throws UsageError when there is no such file, it is not an IDX file, its gzip is broken, it holds fewer or more bytes than its header says,
 * or a float is NaN or infinite
 */
export function readIdx(path: string): IdxArray {
  const { file, size } = openFile(path);
  try {
    const prefix = Buffer.alloc(Math.min(size, prefixBytes));
    readSync(file, prefix, 0, prefix.length, 0);
    return prefix[0] === 0x1f && prefix[1] === 0x8b
      ? readCompressed(file, size, prefix, path)
      : readPlain(file, size, prefix, path);
  } finally {
    closeSync(file);
  }
}

function openFile(path: string): { file: number; size: number } {
  try {
    const stats = statSync(path);
    if (stats.isFile()) {
      return { file: openSync(path, 'r'), size: stats.size };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UsageError(`no file at ${path}; give the path of an IDX file, plain or gzipped`);
    }
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  throw new UsageError(`${path} is not a file; give the path of an IDX file, plain or gzipped`);
}

function readPlain(file: number, size: number, prefix: Buffer, path: string): IdxArray {
  const header = parseIdxHeader(prefix, path);
  if (size < header.totalBytes) {
    throw truncated(path, header.totalBytes, size);
  }
  if (size > header.totalBytes) {
    throw trailing(path, header.totalBytes, `${size}`);
  }
  return decodeIdx(readFileSync(file), header, path);
}

function readCompressed(file: number, size: number, prefix: Buffer, path: string): IdxArray {
  // The prefix ends somewhere in the stream: a sync flush gives what can be had of it.
  const start = decompress(prefix, { finishFlush: constants.Z_SYNC_FLUSH }, path);
  const header = parseIdxHeader(start, path);
  if (header.totalBytes > size * deflateRatio) {
    throw new UsageError(
      `${path} is truncated: expected ${header.totalBytes} bytes, more than ${size} bytes of gzip can hold; get the file again`,
    );
  }
  let content: Buffer;
  try {
    content = decompress(readFileSync(file), { maxOutputLength: header.totalBytes }, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw trailing(path, header.totalBytes, 'more');
    }
    throw error;
  }
  if (content.length < header.totalBytes) {
    throw truncated(path, header.totalBytes, content.length);
  }
  return decodeIdx(content, header, path);
}

function decompress(bytes: Buffer, options: Parameters<typeof gunzipSync>[1], path: string): Buffer {
  try {
    return gunzipSync(bytes, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) {
      throw new UsageError(`${path} is a broken gzip file (${(error as Error).message}); get the file again`);
    }
    throw error;
  }
}

function trailing(path: string, expected: number, got: string): UsageError {
  return new UsageError(
    `${path} goes on after its data: expected ${expected} bytes, got ${got}; get the file again, or see that it is one IDX file`,
  );
}
