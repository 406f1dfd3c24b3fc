import { UsageError } from '@flatbit/core';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import yauzl, { type Entry } from 'yauzl';
import { parseWheelRecord } from './wheel-record.js';

/** A file of a Python wheel. */
export interface WheelFile {
  /** Path inside the wheel, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Its content; a stream, because a library may be larger than what a buffer holds. */
  open(): Promise<Readable>;
}

/** A Python wheel: the file that pip downloads, or a folder that it was unpacked into. */
export interface Wheel {
  /** Name that tells this release from another. */
  readonly name: string;
  readonly files: readonly WheelFile[];
  /** What its `RECORD` says of each file, or `undefined` if a folder has none. */
  readonly record: ReadonlyMap<string, string> | undefined;
  close(): void;
}

/**
 * Opens a wheel.
 * @param path of a `.whl`, of a folder that holds `tensorflow/`, or of that `tensorflow/` itself.
 * @throws UsageError when that is not there, or is no wheel.
 */
export async function openWheel(path: string): Promise<Wheel> {
  const info = await stat(path).catch(() => undefined);
  if (!info)
    throw new UsageError(`${path}: no such file or folder; give a wheel of TensorFlow, or an unpacked one`);
  return info.isDirectory() ? openFolder(resolve(path)) : openZip(path);
}

async function openZip(path: string): Promise<Wheel> {
  let zip: yauzl.ZipFile | undefined;
  try {
    zip = await yauzl.openPromise(path, { autoClose: false });
    return await wheelOf(zip, basename(path, '.whl'));
  } catch (error) {
    zip?.close();
    throw new UsageError(`${path}: is no wheel (${(error as Error).message}); download it again`, {
      cause: error,
    });
  }
}

async function wheelOf(zip: yauzl.ZipFile, name: string): Promise<Wheel> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) if (!entry.fileName.endsWith('/')) entries.push(entry);
  const files = entries.map((entry) => ({
    path: entry.fileName,
    size: entry.uncompressedSize,
    open: () => zip.openReadStreamPromise(entry),
  }));
  const record = await recordOf(files);
  if (record === undefined) throw new Error('it has no RECORD');
  return {
    name,
    files,
    record,
    close: () => {
      zip.close();
    },
  };
}

async function openFolder(path: string): Promise<Wheel> {
  const root = basename(path) === 'tensorflow' ? resolve(path, '..') : path;
  const names = await readdir(root);
  const information = names.filter((name) => /^(tensorflow|nvidia)(_\w+)?-[\d.]+\w*\.dist-info$/.test(name));
  const folders = ['tensorflow/include', 'nvidia', ...information];
  const inFolders = await Promise.all(folders.map((folder) => filesBelow(root, join(root, folder))));
  const libraries = (await readdir(join(root, 'tensorflow')).catch(() => [])).filter((name) =>
    name.startsWith('lib'),
  );
  const beside = await Promise.all(libraries.map((name) => describe(root, join(root, 'tensorflow', name))));
  const files = [...inFolders.flat(), ...beside];
  return {
    name: information.find((name) => name.startsWith('tensorflow'))?.replace('.dist-info', '') ?? root,
    files,
    record: await recordOf(files),
    close: () => undefined,
  };
}

async function filesBelow(root: string, folder: string): Promise<WheelFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory());
  return Promise.all(files.map((entry) => describe(root, join(entry.parentPath, entry.name))));
}

async function describe(root: string, path: string): Promise<WheelFile> {
  const { size } = await stat(path);
  const name = relative(root, path).replaceAll(sep, '/');
  return { path: name, size, open: () => Promise.resolve(createReadStream(path)) };
}

/** Every `RECORD` among files: one in a wheel, one of each package in a folder. */
async function recordOf(files: readonly WheelFile[]): Promise<Wheel['record']> {
  const records = await Promise.all(
    informationFiles(files, 'RECORD').map(async (file) => text(await file.open())),
  );
  return records.length === 0 ? undefined : parseWheelRecord(records.join('\n'));
}

/** Text of a file in the `.dist-info` of a wheel, or `undefined` if it has none. */
export async function readInformation(
  files: readonly WheelFile[],
  name: string,
): Promise<string | undefined> {
  const [file] = informationFiles(files, name);
  return file && text(await file.open());
}

function informationFiles(files: readonly WheelFile[], name: string): readonly WheelFile[] {
  return files.filter(({ path }) => /^[^/]+\.dist-info\/([^/]+)$/.exec(path)?.[1] === name);
}
