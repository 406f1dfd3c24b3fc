import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

/** What a wheel of TensorFlow has that is looked for, in a few bytes. */
export const tinyFiles: Readonly<Record<string, string>> = {
  'tensorflow/include/tensorflow/c/c_api.h': '// C API',
  'tensorflow/libtensorflow_framework.so.2': 'framework',
  'tensorflow/libtensorflow_cc.so.2': 'everything',
  'tensorflow/python/large.py': 'pass',
};

/** These files with a `RECORD` of their true content, but for those that it is to be wrong about. */
export function withRecord(
  files: Readonly<Record<string, string>>,
  wrong: readonly string[] = [],
): Readonly<Record<string, string>> {
  const lines = Object.entries(files).map(([path, content]) => {
    const hash = createHash('sha256').update(wrong.includes(path) ? 'another content' : content);
    return `${path},sha256=${hash.digest('base64url')},${content.length}`;
  });
  const record = 'tensorflow_cpu-2.21.0.dist-info/RECORD';
  return { ...files, [record]: [`${record},,`, ...lines, ''].join('\r\n') };
}

/** Writes files below a folder. */
export function writeFolder(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Writes files as a ZIP that stores them as they are; https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3. */
export function writeZip(path: string, files: Readonly<Record<string, string>>): void {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const header = Buffer.alloc(26);
    header.writeUInt16LE(20, 0); // version needed
    header.writeUInt32LE(crc32(content), 10);
    header.writeUInt32LE(content.length, 14); // compressed, and
    header.writeUInt32LE(content.length, 18); // not
    header.writeUInt16LE(name.length, 22);
    const entry = Buffer.concat([Buffer.from('PK\x03\x04'), header, Buffer.from(name + content)]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), header, rest, Buffer.from(name));
    local.push(entry);
    offset += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(local.length, 4);
  end.writeUInt16LE(local.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  writeFileSync(path, Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end]));
}
