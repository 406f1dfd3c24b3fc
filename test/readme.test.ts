import { testEngine } from '@flatbit/testing';
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
  beforeEach(async () => void (await tf.setBackend(testEngine)));

  for (const readme of readmes) {
    codeBlocks(readme).forEach((code, index) => {
      it(`of ${readme} run (${index + 1})`, () => runBlock(code, `${readme}-${index}`));
    });
  }
});

describe('the method card', () => {
  for (const plugin of readdirSync(join(root, 'plugins'))) {
    it(`of ${plugin} says what it costs, in numbers`, () => {
      const card = readFileSync(join(root, 'plugins', plugin, 'README.md'), 'utf8');
      const [, cost] = card.split('\n## Cost\n');
      expect(cost, 'a section "Cost"').to.match(/\d/);
      expect(codeBlocks(`plugins/${plugin}/README.md`)).to.have.length.greaterThan(0);
    });
  }
});

describe('the pages', () => {
  const pages = [
    ...readmes,
    'CONTRIBUTING.md',
    ...readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  for (const page of pages) {
    it(`in ${page} hold no placeholder, and their links lead to files`, () => {
      const text = readFileSync(join(root, page), 'utf8');
      expect(text).to.not.match(/\b[A-Z]+_(COST|TABLE)\b|\bTODO\b|^RESULTS$/m);
      const links = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)]
        .map(([, link]) => link!)
        .filter((link) => !/^https?:/.test(link));
      for (const link of links) expect(existsSync(join(root, page, '..', link)), link).to.equal(true);
    });
  }
});

// A page that builds one plugin step by step: its blocks are one module, which registers its own contract suite.
const page = 'docs/writing-a-plugin.md';
await runBlock(codeBlocks(page).join('\n'), page);
