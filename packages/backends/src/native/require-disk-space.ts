import { UsageError } from '@flatbit/core';
import { statfs } from 'node:fs/promises';

const gigabyte = 1e9;

/** Bytes that an installation writes: measured for the CPU with TensorFlow 2.21, and from the sizes of CUDA's wheels for a GPU. */
export function diskSpace({ gpu, from }: { readonly gpu: boolean; readonly from: string | null }): number {
  const unpacked = gpu ? 7 * gigabyte : 1.3 * gigabyte;
  const downloaded = gpu ? 4 * gigabyte : 0.3 * gigabyte;
  return from === null ? unpacked + downloaded : unpacked;
}

/**
 * Looks before something large is written.
 * @param folder that is there.
 * @param bytes that are going to be written below it.
 * @throws UsageError when the disk has fewer left.
 */
export async function requireDiskSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const [needed, left] = [bytes, free].map((count) => (count / gigabyte).toFixed(1));
  throw new UsageError(`${folder}: the engine needs ${needed} GB of disk, ${left} GB are free; make room`);
}
