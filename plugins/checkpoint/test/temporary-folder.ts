import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A new folder, removed when the tests of the process are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flatbit-checkpoint-'));
  made.push(folder);
  return folder;
}

after(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});
