import assert from 'node:assert/strict';
import { nearestName } from '@flatbit/core';

describe('nearestName', () => {
  it('finds what was probably meant', () => {
    assert.equal(nearestName('epohcs', ['epochs', 'seed']), 'epochs');
    assert.equal(nearestName('Seed', ['epochs', 'seed']), 'seed');
  });

  it('suggests nothing that is far off', () => {
    assert.equal(nearestName('colour', ['epochs', 'seed']), undefined);
    assert.equal(nearestName('x', ['y']), undefined);
    assert.equal(nearestName('x', []), undefined);
  });
});
