import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

describe('the sources of the package', () => {
  it('import from Node only where files are read', () => {
    const folder = new URL('../src/', import.meta.url);
    const users = readdirSync(folder).filter((name) =>
      /\bfrom 'node:/.test(readFileSync(new URL(name, folder), 'utf8')),
    );
    assert.deepEqual(users.sort(), ['digits.ts', 'read-idx.ts']);
  });
});
