import assert from 'node:assert/strict';
import { aFunction, anObject, checkOption, oneOf, showValue, UsageError } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

describe('checkOption', () => {
  it('gives back what the option takes', () => {
    const options = { rho: 1 };
    assert.equal(checkOption(options, 'sam', anObject), options);
  });

  it('says in one line what it got and what it takes', () => {
    const refused = (value: unknown, takes: typeof anObject, message: string) => {
      assert.throws(
        () => checkOption(value, 'sam', takes),
        (error) => error instanceof UsageError && error.message === message,
      );
    };
    refused(undefined, anObject, 'sam: got nothing; takes an object of options');
    refused([1], anObject, 'sam: got [1]; takes an object of options');
    refused('x', aFunction, 'sam: got "x"; takes a function');
    refused('no', oneOf('auto', true, false), 'sam: got "no"; takes "auto", true or false');
  });
});

describe('showValue', () => {
  it('tells text from numbers, and nothing from null', () => {
    assert.equal(showValue(4), '4');
    assert.equal(showValue('4'), '"4"');
    assert.equal(showValue(undefined), 'nothing');
    assert.equal(showValue(null), 'null');
    assert.equal(showValue(NaN), 'NaN');
    assert.equal(showValue(fixed), 'a function');
  });

  it('names what a class made, and does not write out what is inside', () => {
    assert.equal(showValue(new Map()), 'an instance of Map');
    assert.equal(showValue({ images: new Uint8Array(9), count: 1 }), '{"images":"Uint8Array","count":1}');
    const model = tf.sequential();
    assert.equal(showValue(model), 'an instance of Sequential');
    assert.equal(showValue(Object.create(null)), '{}');
  });

  it('keeps to 58 characters', () => {
    assert.equal(showValue('x'.repeat(70)), `"${'x'.repeat(56)}…`);
  });
});

function fixed(): void {}
