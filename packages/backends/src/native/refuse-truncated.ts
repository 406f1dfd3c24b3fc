import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** The part of a 64-bit ELF header that is read here; https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const elfHeader = {
  length: 64,
  magic: '\x7fELF',
  sectionsOffset: 0x28,
  sectionSize: 0x3a,
  sectionCount: 0x3c,
};

/**
 * Looks for libraries of a tfjs-node that end too early. Loading one would end the process by SIGBUS, and every other engine with it.
 * @param tfjsNode folder of the package.
 * @throws Error that names the file.
 */
export function refuseTruncated(tfjsNode: string): void {
  for (const folder of ['lib', join('deps', 'lib')]) {
    for (const path of filesBelow(join(tfjsNode, folder))) {
      if (isTruncated(path)) throw new Error(`${path} is damaged (it ends too early)`);
    }
  }
}

function filesBelow(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

/** Whether an ELF file ends before its section headers do, which are the last thing in it. What is no ELF file is not. */
function isTruncated(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(elfHeader.length);
    if (readSync(file, header) < header.length || header.toString('latin1', 0, 4) !== elfHeader.magic)
      return false;
    const sections = header.readUInt16LE(elfHeader.sectionSize) * header.readUInt16LE(elfHeader.sectionCount);
    return fstatSync(file).size < Number(header.readBigUInt64LE(elfHeader.sectionsOffset)) + sections;
  } finally {
    closeSync(file);
  }
}
