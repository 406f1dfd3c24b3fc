import { pluginContract, tinyTraining } from '@flatbit/testing';
import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { plugins } from './plugins.js';

describe('every plugin', () => {
  it('is in the table', () => {
    const folders = readdirSync(new URL('../../plugins', import.meta.url));
    expect(Object.keys(plugins).sort()).to.deep.equal(folders.sort());
  });
  for (const [name, makePlugin] of Object.entries(plugins)) pluginContract(name, makePlugin);
});

describe('every pair of plugins', () => {
  const entries = Object.entries(plugins);
  entries.forEach(([name, makePlugin], index) => {
    for (const [other, makeOther] of entries.slice(index + 1)) {
      for (const order of ['first', 'last'] as const) {
        pluginContract(`${name}, ${order} beside ${other}`, makePlugin, {
          makeTraining: (given, options) =>
            tinyTraining(order === 'first' ? [...given, makeOther()] : [makeOther(), ...given], options),
        });
      }
    }
  });
});
