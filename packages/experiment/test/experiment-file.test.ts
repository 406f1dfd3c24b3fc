import { describeKeys, resolveExperiment } from '@flatbit/experiment';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../docs/experiment-file.md', import.meta.url), 'utf8');

/** The cells of every row, without what sets them apart from text. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, 4)
      .map((cell) => cell.trim().replaceAll('\\', '')),
  );

describe('docs/experiment-file.md', () => {
  const keys = describeKeys();
  /** A quantizer for one role has the keys of one for both. */
  const own = keys.filter(({ key }) => !/^quantizer\.(weight|activation)\./.test(key));

  for (const { key, of, takes, default: initial } of own) {
    it(`says what ${key} takes${of === undefined ? '' : ` (${of})`}, and its default`, () => {
      const code = initial === undefined ? '' : `\`${JSON.stringify(initial)}\``;
      expect(rows).to.deep.include([`\`${key}\``, takes, code]);
    });
  }

  it('has no key that there is not', () => {
    const known = own.map(({ key }) => `\`${key}\``);
    for (const [key] of rows) expect(known).to.include(key);
  });
});

describe('describeKeys', () => {
  it('knows every key of a resolved experiment', () => {
    const known = describeKeys().map(({ key }) => key);
    const { optimizer, ...settings } = resolveExperiment({
      model: { name: 'small-cnn' },
      data: { name: 'digits' },
      sam: {},
    });
    expect(known).to.include.members(Object.keys(settings));
    expect(known).to.include.members(Object.keys(optimizer).map((key) => `optimizer.${key}`));
  });

  it('tells apart what two choices make of one key', () => {
    const rates = describeKeys().filter(({ key }) => key === 'optimizer.learningRate');
    expect(rates).to.deep.equal([
      { key: 'optimizer.learningRate', of: 'sgd', takes: 'a number of 0 or more', default: 0.1 },
      { key: 'optimizer.learningRate', of: 'adam', takes: 'a number of 0 or more', default: 0.001 },
    ]);
  });
});
