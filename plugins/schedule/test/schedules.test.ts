import { UsageError, type StepContext } from '@flatbit/core';
import { constant, cosine, multiStep, warmUp } from '@flatbit/plugin-schedule';
import { expect } from 'chai';

/** Step `stepInEpoch` of 4 in an epoch. */
const at = (epoch: number, stepInEpoch = 0): StepContext => ({
  epoch,
  step: 4 * epoch + stepInEpoch,
  stepInEpoch,
  stepsPerEpoch: 4,
});

describe('schedules', () => {
  it('that are constant stay', () => {
    expect([at(0), at(100)].map(constant())).to.deep.equal([1, 1]);
  });

  it('in steps fall at their milestones', () => {
    const schedule = multiStep({ milestones: [80, 120] });
    expect(schedule(at(79, 3))).to.equal(1);
    expect(schedule(at(80))).to.equal(0.1);
    expect(schedule(at(119, 3))).to.equal(0.1);
    expect(schedule(at(120))).to.be.closeTo(0.01, 1e-15);
    expect(multiStep({ milestones: [1], gamma: 0.5 })(at(2))).to.equal(0.5);
  });

  it('along a cosine go from 1 to the floor, step by step', () => {
    const schedule = cosine({ epochs: 2 });
    expect(schedule(at(0))).to.equal(1);
    // Half an epoch of two is a quarter of the way: (1 + cos 45°)/2.
    expect(schedule(at(0, 2))).to.be.closeTo((1 + Math.SQRT1_2) / 2, 1e-15);
    expect(schedule(at(1))).to.be.closeTo(0.5, 1e-15);
    expect(schedule(at(2))).to.equal(0);
    expect(schedule(at(9))).to.equal(0);
    expect(cosine({ epochs: 2, floor: 0.2 })(at(1))).to.be.closeTo(0.6, 1e-15);
    expect(cosine({ epochs: 2, floor: 0.2 })(at(2))).to.equal(0.2);
  });

  it('that count no steps move by whole epochs', () => {
    expect(cosine({ epochs: 2 })({ epoch: 1, step: 7, stepInEpoch: 3 })).to.be.closeTo(0.5, 1e-15);
  });

  it('warm up in a line, and multiply the one behind', () => {
    const schedule = warmUp({ epochs: 2, from: 0.2 }, multiStep({ milestones: [1], gamma: 0.5 }));
    expect(schedule(at(0))).to.equal(0.2);
    expect(schedule(at(0, 2))).to.be.closeTo(0.2 + 0.8 / 4, 1e-15);
    expect(schedule(at(1))).to.be.closeTo(0.5 * 0.6, 1e-15);
    expect(schedule(at(2))).to.equal(0.5);
    expect(warmUp({ epochs: 1 }, constant())(at(0))).to.equal(0);
  });

  it('refuse what cannot be', () => {
    expect(() => multiStep({ milestones: [3, 2] })).to.throw(
      UsageError,
      'multiStep.milestones: got [3,2]; takes epochs from 0 in rising order',
    );
    expect(() => multiStep({ milestones: [1], gamma: 0 })).to.throw(
      'multiStep.gamma: got 0; takes a number above 0',
    );
    expect(() => cosine({ epochs: 0 })).to.throw(UsageError, 'cosine.epochs: got 0');
    expect(() => cosine({ epochs: 1, floor: 2 })).to.throw('cosine.floor: got 2');
    expect(() => warmUp({ epochs: -1 }, constant())).to.throw('warmUp.epochs: got -1');
    expect(() => warmUp({ epochs: 1 }, undefined as never)).to.throw(
      'warmUp, then: got nothing; takes a schedule',
    );
    expect(() => cosine(3 as never)).to.throw(UsageError, 'cosine: got 3; takes an object of options');
    expect(() => multiStep({ milestones: 3 as never })).to.throw(
      UsageError,
      'multiStep.milestones: got 3; takes',
    );
    expect(() => warmUp({ epochs: 1, from: 2 }, constant())).to.throw('warmUp.from: got 2');
  });
});
