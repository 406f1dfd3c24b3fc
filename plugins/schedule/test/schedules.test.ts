import type { StepContext } from '@flatbit/core';
import { UsageError } from '@flatbit/core';
import { constant, cosine, multiStep, type Schedule, warmUp } from '@flatbit/plugin-schedule';
import { expect } from 'chai';

/** Step `stepInEpoch` of epoch `epoch`, of 10 steps each. */
const at = (epoch: number, stepInEpoch = 0): StepContext => ({
  epoch,
  stepInEpoch,
  step: 10 * epoch + stepInEpoch,
  stepsPerEpoch: 10,
});

/** The same in a loop that does not know how long an epoch is. */
const somewhere = (epoch: number): StepContext => ({ epoch, stepInEpoch: 3, step: 100 });

const factors = (schedule: Schedule, epochs: readonly number[]) => epochs.map((epoch) => schedule(at(epoch)));

describe('constant', () => {
  it('is 1 everywhere', () => {
    expect(factors(constant(), [0, 1, 1000])).to.deep.equal([1, 1, 1]);
    expect(constant()(somewhere(3))).to.equal(1);
  });
});

describe('multiStep', () => {
  it('drops to a tenth in the first epoch after each milestone', () => {
    const schedule = multiStep({ milestones: [80, 120] });
    expect(factors(schedule, [0, 79, 80, 119])).to.deep.equal([1, 1, 0.1, 0.1]);
    expect(schedule(at(79, 9))).to.equal(1);
    // 0.1² in double precision
    expect(factors(schedule, [120, 199])).to.deep.equal([0.1 ** 2, 0.1 ** 2]);
  });

  it('drops by gamma, and needs no length of an epoch', () => {
    const schedule = multiStep({ milestones: [1, 2, 3], gamma: 0.5 });
    expect([0, 1, 2, 3].map((epoch) => schedule(somewhere(epoch)))).to.deep.equal([1, 0.5, 0.25, 0.125]);
  });

  it('without milestones is constant', () => {
    expect(factors(multiStep({ milestones: [] }), [0, 50])).to.deep.equal([1, 1]);
  });

  it('takes ascending whole epochs and a factor', () => {
    const takes = 'takes ascending whole numbers of epochs above 0';
    for (const milestones of [[120, 80], [80, 80], [0], [1.5], [NaN]]) {
      expect(() => multiStep({ milestones })).to.throw(
        UsageError,
        `multiStep milestones: got ${milestones.join(', ')}; ${takes}`,
      );
    }
    expect(() => multiStep({ milestones: [1], gamma: 10 })).to.throw(
      UsageError,
      'multiStep gamma: got 10; takes a factor from 0 to 1',
    );
  });
});

describe('cosine', () => {
  it('falls from 1 over a half in the middle to 0', () => {
    const schedule = cosine({ epochs: 4 });
    // (1 + cos(π·t))/2 at t = 0, 1/4, 1/2, 3/4, 1: cos(π/4) = √½
    const [start, quarter, middle, late, end] = factors(schedule, [0, 1, 2, 3, 4]);
    expect(start).to.equal(1);
    expect(quarter).to.be.closeTo((1 + Math.SQRT1_2) / 2, 1e-15);
    expect(middle).to.be.closeTo(0.5, 1e-15);
    expect(late).to.be.closeTo((1 - Math.SQRT1_2) / 2, 1e-15);
    expect(end).to.equal(0);
  });

  it('moves at every step', () => {
    // t = (1 + 5/10)/3 = 1/2
    expect(cosine({ epochs: 3 })(at(1, 5))).to.be.closeTo(0.5, 1e-15);
    const schedule = cosine({ epochs: 3 });
    expect(schedule(at(0, 1))).to.be.lessThan(schedule(at(0)));
  });

  it('ends at its floor and stays there', () => {
    const schedule = cosine({ epochs: 2, floor: 0.2 });
    // 0.2 + 0.8·½
    expect(schedule(at(1))).to.be.closeTo(0.6, 1e-15);
    expect(factors(schedule, [2, 3, 100])).to.deep.equal([0.2, 0.2, 0.2]);
  });

  it('says that it needs the length of an epoch', () => {
    expect(() => cosine({ epochs: 2 })(somewhere(0))).to.throw(
      UsageError,
      'schedule "cosine" moves at every step and needs the steps of an epoch, which this loop does not say; train with fit, or use multiStep or constant',
    );
  });

  it('takes epochs above 0 and a floor from 0 to 1', () => {
    expect(() => cosine({ epochs: 0 })).to.throw(UsageError, 'cosine epochs: got 0; takes a number above 0');
    expect(() => cosine({ epochs: NaN })).to.throw(UsageError, 'cosine epochs: got NaN');
    expect(() => cosine({ epochs: 1, floor: -0.1 })).to.throw(
      UsageError,
      'cosine floor: got -0.1; takes a factor from 0 to 1',
    );
  });
});

describe('warmUp', () => {
  it('rises in a straight line from 0, at every step', () => {
    const schedule = warmUp({ epochs: 2 }, constant());
    // t = (epoch + step/10)/2
    expect(schedule(at(0))).to.equal(0);
    expect(schedule(at(0, 5))).to.equal(0.25);
    expect(schedule(at(1, 5))).to.equal(0.75);
    expect(factors(schedule, [2, 3])).to.deep.equal([1, 1]);
  });

  it('starts where it is told', () => {
    // 0.25 + 0.75·½ = 0.625
    expect(factors(warmUp({ epochs: 2, from: 0.25 }, constant()), [0, 1, 2])).to.deep.equal([0.25, 0.625, 1]);
  });

  it('hands over to a schedule that counts from the start, without a jump', () => {
    const then = cosine({ epochs: 4 });
    const schedule = warmUp({ epochs: 2 }, then);
    expect(schedule(at(1))).to.equal(0.5 * then(at(1)));
    expect(schedule(at(2))).to.equal(then(at(2)));
    expect(Math.abs(schedule(at(2)) - schedule(at(1, 9)))).to.be.lessThan(0.05);
    expect(schedule(at(4))).to.equal(0);
  });

  it('says that it needs the length of an epoch, and which options it takes', () => {
    expect(() => warmUp({ epochs: 2 }, constant())(somewhere(0))).to.throw(UsageError, 'schedule "warmUp"');
    expect(() => warmUp({ epochs: -1 }, constant())).to.throw(UsageError, 'warmUp epochs: got -1');
    expect(() => warmUp({ epochs: 1, from: 2 }, constant())).to.throw(UsageError, 'warmUp from: got 2');
  });
});
