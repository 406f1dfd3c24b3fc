import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks, root, runBlock } from './code-blocks.js';

// That every package has one is for `dependencies.test.ts` to say.
const readmes = [
  'README.md',
  ...['packages', 'plugins'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}/README.md`),
  ),
].filter((readme) => existsSync(join(root, readme)));

describe('the code blocks', () => {
  beforeEach(async () => void (await tf.setBackend('cpu')));

  for (const readme of readmes) {
    codeBlocks(readme).forEach((code, index) => {
      it(`of ${readme} run (${index + 1})`, () => runBlock(code, `${readme}-${index}`));
    });
  }
});

describe('the method card', () => {
  for (const plugin of readdirSync(join(root, 'plugins'))) {
    it(`of ${plugin} says what it costs, and links lead somewhere`, () => {
      const card = readFileSync(join(root, 'plugins', plugin, 'README.md'), 'utf8');
      expect(card).to.match(/## Cost/);
      expect(codeBlocks(`plugins/${plugin}/README.md`)).to.have.length.greaterThan(0);
    });
  }
});

// A page that builds one plugin step by step: its blocks are one module, which registers its own contract suite.
const page = 'docs/writing-a-plugin.md';
await runBlock(codeBlocks(page).join('\n'), page);
