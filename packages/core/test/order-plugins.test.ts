import assert from 'node:assert/strict';
import { orderPlugins, type TrainingPlugin, UsageError } from '@flatbit/core';

describe('orderPlugins', () => {
  type Relations = Partial<Pick<TrainingPlugin, 'after' | 'before' | 'conflictsWith'>>;
  const plugin = (name: string, relations: Relations = {}): TrainingPlugin => ({
    name,
    ...relations,
    apply() {},
  });
  const namesOf = (...plugins: TrainingPlugin[]) => orderPlugins(plugins).map(({ name }) => name);
  const refuses = (message: string, ...plugins: TrainingPlugin[]) =>
    assert.throws(
      () => orderPlugins(plugins),
      (error) => error instanceof UsageError && error.message === message,
    );

  it('keeps the order given where nobody minds', () => {
    assert.deepEqual(namesOf(plugin('b'), plugin('c'), plugin('a')), ['b', 'c', 'a']);
    assert.deepEqual(namesOf(), []);
  });

  it('moves a plugin behind those it comes after, and no other', () => {
    assert.deepEqual(namesOf(plugin('a', { after: ['c'] }), plugin('b'), plugin('c')), ['b', 'c', 'a']);
  });

  it('moves a plugin in front of those it comes before', () => {
    assert.deepEqual(namesOf(plugin('a'), plugin('b'), plugin('c', { before: ['a'] })), ['b', 'c', 'a']);
  });

  it('follows chains of both kinds', () => {
    const chain = [
      plugin('d', { after: ['c'] }),
      plugin('c'),
      plugin('b', { before: ['c'], after: ['a'] }),
      plugin('a'),
    ];
    assert.deepEqual(namesOf(...chain), ['a', 'b', 'c', 'd']);
  });

  it('names both plugins of a conflict, whoever declares it', () => {
    const message = 'plugin "sam" conflicts with plugin "asam"; leave one of them out';
    refuses(message, plugin('sam', { conflictsWith: ['asam'] }), plugin('asam'));
    refuses(message, plugin('asam'), plugin('sam', { conflictsWith: ['other', 'asam'] }));
  });

  it('does not mind a conflict with a plugin that is not there', () => {
    assert.deepEqual(namesOf(plugin('sam', { conflictsWith: ['asam'] })), ['sam']);
  });

  it("refuses the names of core's own sections", () => {
    refuses(
      'plugin "position" has the name of a section of core\'s own state; give it another',
      plugin('position'),
    );
  });

  it('refuses a name that is given twice', () => {
    refuses('plugin "sam" is given twice; leave one out', plugin('sam'), plugin('clip'), plugin('sam'));
  });

  it('names a plugin that is waited for and not installed', () => {
    refuses(
      'plugin "sam" wants to be after plugin "quantize", which is not installed; installed: sam, clip',
      plugin('sam', { after: ['quantize'] }),
      plugin('clip'),
    );
    refuses(
      'plugin "sam" wants to be before plugin "clip", which is not installed; installed: sam',
      plugin('sam', { before: ['clip'] }),
    );
  });

  it('names the plugins of a cycle, and those alone', () => {
    refuses(
      'plugins wait for each other: "a" after "c" after "b" after "a"; drop one of these orders',
      plugin('x', { after: ['a'] }),
      plugin('a', { after: ['c'] }),
      plugin('b', { after: ['a'] }),
      plugin('c', { after: ['b'] }),
    );
    refuses(
      'plugins wait for each other: "a" after "a"; drop one of these orders',
      plugin('a', { after: ['a'] }),
    );
  });
});
