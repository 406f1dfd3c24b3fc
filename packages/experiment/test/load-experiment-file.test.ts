import { fixedBits } from '@flatbit/core';
import { loadExperimentFile } from '@flatbit/experiment';
import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary-folder.js';
import { wrongUse } from './wrong-use.js';

describe('loadExperimentFile', () => {
  let folder: string;
  /** Where `@flatbit/…` can be found. */
  const here = dirname(fileURLToPath(import.meta.url));

  beforeEach(() => {
    folder = temporaryFolder();
  });

  function write(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  it('reads JSON', async () => {
    expect(await loadExperimentFile(write('a.json', '{"epochs": 3}'))).to.deep.equal({ epochs: 3 });
  });

  it('reads the default export of JavaScript', async () => {
    const path = write('a.mjs', 'export default { epochs: 3 };');
    expect(await loadExperimentFile(path)).to.deep.equal({ epochs: 3 });
  });

  it('reads TypeScript that imports its neighbours', async () => {
    write('epochs.ts', 'export const epochs: number = 3;');
    const path = write(
      'a.ts',
      "import { epochs } from './epochs.js';\nexport default { epochs } satisfies object;",
    );
    expect(await loadExperimentFile(path)).to.deep.equal({ epochs: 3 });
  });

  it('gives TypeScript the same copy of the packages that run it', async () => {
    folder = join(here, 'written');
    mkdirSync(folder, { recursive: true });
    const path = write(
      'same.ts',
      "import { fixedBits } from '@flatbit/core';\nexport default { fixedBits };",
    );
    expect(await loadExperimentFile(path)).to.deep.equal({ fixedBits });
  });

  const complaints: Readonly<
    Record<string, readonly [name: string, text: string | undefined, message: RegExp]>
  > = {
    'that there is no file': ['a.ts', undefined, /a\.ts: no such file; give the path of an experiment file$/],
    'a kind that it does not read': [
      'a.yaml',
      'epochs: 3',
      /a\.yaml: not an experiment file; takes one that ends in \.json, \.js, \.mjs, \.ts$/,
    ],
    'JSON that ends too early': [
      'a.json',
      '{"epochs": ',
      /a\.json: cannot be loaded: line 1, column 12 is not JSON: value expected$/,
    ],
    'a comma too many': [
      'a.json',
      '{\n  "epochs": 3,\n}',
      /a\.json: cannot be loaded: line 3, column 1 is not JSON: property name expected$/,
    ],
    'a comma that is missing': [
      'a.json',
      '{\r\n  "seed": 1\r\n  "epochs": 3\r\n}',
      /a\.json: cannot be loaded: line 3, column 3 is not JSON: comma expected$/,
    ],
    'a comment in JSON': [
      'a.json',
      '{ // three\n  "epochs": 3 }',
      /a\.json: cannot be loaded: line 1, column 3 is not JSON: invalid comment token$/,
    ],
    'quotes that are none': ['a.json', "{'epochs': 3}", /: line 1, column 2 is not JSON: invalid symbol$/],
    'a missing default export': [
      'a.mjs',
      'export const epochs = 3;',
      /a\.mjs: no default export; write "export default defineExperiment\(\{ … \}\)"$/,
    ],
    'a missing default export of TypeScript': [
      'b.ts',
      'export const epochs = 3;',
      /b\.ts: no default export; write "export default defineExperiment\(\{ … \}\)"$/,
    ],
    'a syntax error': ['c.ts', 'export default {', /c\.ts: cannot be loaded: /],
    'what the file itself throws': [
      'd.ts',
      "throw new Error('not today');",
      /d\.ts: cannot be loaded: not today$/,
    ],
  };
  for (const [what, [name, text, message]] of Object.entries(complaints)) {
    it(`names ${what}`, async () => {
      const path = text === undefined ? join(folder, name) : write(name, text);
      expect(await wrongUse(() => loadExperimentFile(path))).to.match(message);
    });
  }
});
