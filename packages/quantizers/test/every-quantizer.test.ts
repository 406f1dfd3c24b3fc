import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose, expectNoTensorLeak, testEngine } from '@flatbit/testing';
import {
  apotQuantizer,
  liqQuantizer,
  lsqPlusQuantizer,
  lsqQuantizer,
  minMaxQuantizer,
} from '@flatbit/quantizers';
import { engines, useEngine } from './engines.js';
import { gaussian, gradientsOf, kernelOf, levelCount, quantizeWithGradients } from './operands.js';
import { eachCase, isWeight, subjects, valueOf } from './subjects.js';

for (const engine of engines)
  for (const [name, subject] of Object.entries(subjects))
    describe(`every quantizer: ${name}, on ${engine}`, () => {
      before(() => useEngine(engine));
      after(() => useEngine('cpu'));
      const { quantizer } = subject;

      it('starts every parameter that it names, in its shape', () => {
        eachCase(subject, (target, value) => {
          const shapes = Object.entries(quantizer.initialize(value, target)).map(([key, { shape }]) => [
            key,
            shape,
          ]);
          expect(shapes).to.deep.equal(quantizer.parameters(target).map((spec) => [spec.name, spec.shape]));
        });
      });

      it('keeps the shape, and has at most 2^bits levels per range', () => {
        eachCase(subject, (target, value) => {
          const quantized = quantizer.fakeQuantize(value, quantizer.initialize(value, target), target);
          expect(quantized.shape).to.deep.equal(value.shape);
          const channels = name.includes('per channel') && isWeight(target) ? 6 : 1;
          for (const channel of tf.unstack(quantized.reshape([-1, channels]), 1))
            // Adding 0 makes 0 of -0.
            expect(levelCount(channel.add(0))).to.be.at.most(2 ** target.bits);
        });
      });

      it('changes nothing the second time, where that holds', () => {
        eachCase(subject, (target, value) => {
          if (!subject.idempotent(target)) return;
          const parameters = quantizer.initialize(value, target);
          const once = quantizer.fakeQuantize(value, parameters, target);
          expectClose(quantizer.fakeQuantize(once, parameters, target), once);
        });
      });

      if (subject.near)
        it('comes near the value at 8 bits', () => {
          for (const operand of subject.operands) {
            const target = operand(8);
            const value = valueOf(target);
            const quantized = quantizer.fakeQuantize(value, quantizer.initialize(value, target), target);
            expectClose(quantized, value, { relative: 0.02 });
          }
        });

      it('is differentiable in the value and in what is learned, in their shapes', () => {
        eachCase(subject, (target, value) => {
          const parameters = quantizer.initialize(value, target);
          const learned = quantizer.parameters(target).filter(({ kind }) => kind === 'clip');
          const { toValue, toParameters } = gradientsOf(quantizer, value, parameters, target);
          expect(toValue.shape).to.deep.equal(value.shape);
          expect(toParameters.map(({ shape }) => shape)).to.deep.equal(learned.map(({ shape }) => shape));
          expect([toValue, ...toParameters].every(allFinite)).to.equal(true);
          expect(toValue.abs().max().dataSync()[0]).to.be.above(0);
        });
      });

      it('makes nothing but finite numbers of zeros', () => {
        eachCase(subject, (target, value) => {
          const zeros = tf.zerosLike(value);
          const parameters = quantizer.initialize(zeros, target);
          expect(allFinite(quantizer.fakeQuantize(zeros, parameters, target))).to.equal(true);
          const { toValue, toParameters } = gradientsOf(quantizer, zeros, parameters, target);
          expect([toValue, ...toParameters].every(allFinite)).to.equal(true);
        });
      });

      it('lets NaN and infinity through', () => {
        eachCase(subject, (target, value) => {
          const parameters = quantizer.initialize(value, target);
          for (const bad of [NaN, Infinity, -Infinity]) {
            const values = value.dataSync().slice();
            values[5] = bad;
            const spoilt = tf.tensor(values, value.shape);
            const quantized = quantizer.fakeQuantize(spoilt, parameters, target).dataSync();
            expect(Number.isFinite(quantized[5])).to.equal(false);
            // The levels of these do not depend on the other values.
            if (!isWeight(target)) expect([...quantized].filter(Number.isNaN)).to.have.length(1);
          }
        });
      });

      it('leaves no tensor behind but what it returns', () => {
        eachCase(subject, (target, value) => {
          const parameters = quantizer.initialize(value, target);
          const count = tf.memory().numTensors;
          const kept = tf.tidy(() => quantizer.fakeQuantize(value, parameters, target));
          expect(tf.memory().numTensors).to.equal(count + 1);
          kept.dispose();
          expectNoTensorLeak(() => {
            quantizer.fakeQuantize(value, parameters, target).dispose();
          });
          expectNoTensorLeak(() => {
            tf.dispose(quantizer.initialize(value, target));
          });
          expectNoTensorLeak(() => {
            tf.dispose(quantizer.observe?.(value, parameters, target) ?? []);
          });
          expectNoTensorLeak(() => {
            const { toValue, toParameters } = gradientsOf(quantizer, value, parameters, target);
            tf.dispose([toValue, ...toParameters]);
          });
        });
      });

      it('reads no tensor back', () => {
        const { dataSync, data } = tf.Tensor.prototype;
        const refuse = (): never => {
          throw new Error('a tensor was read back');
        };
        eachCase(subject, (target, value) => {
          Object.assign(tf.Tensor.prototype, { dataSync: refuse, data: refuse });
          try {
            const parameters = quantizer.initialize(value, target);
            gradientsOf(quantizer, value, parameters, target);
            quantizer.observe?.(value, parameters, target);
          } finally {
            Object.assign(tf.Tensor.prototype, { dataSync, data });
          }
        });
      });

      it('refuses bits that are not 1 to 31', () => {
        for (const bits of [0, 32, 2.5, NaN])
          for (const operand of subject.operands) {
            expect(() => quantizer.parameters(operand(bits))).to.throw(RangeError, `not ${bits}`);
          }
      });

      if (engine !== 'cpu')
        it(`does on ${engine} what it does on cpu`, async () => {
          const compute = (): Float32Array[] => {
            const results: Float32Array[] = [];
            eachCase(subject, (target, value) => {
              const parameters = quantizer.initialize(value, target);
              results.push(quantizer.fakeQuantize(value, parameters, target).dataSync<'float32'>());
              const { toValue, toParameters } = gradientsOf(quantizer, value, parameters, target);
              for (const gradient of [toValue, ...toParameters]) results.push(gradient.dataSync<'float32'>());
            });
            return results;
          };
          const here = compute();
          await useEngine('cpu');
          const there = compute();
          await useEngine(engine);
          here.forEach((values, index) => {
            expectClose(values, there[index]!);
          });
        });
    });

const allFinite = (value: tf.Tensor): boolean => value.dataSync().every(Number.isFinite);

describe('one channel', () => {
  before(() => tf.setBackend(testEngine));

  it('is quantized per channel as it is per tensor, gradients too', () => {
    const value = gaussian([3, 3, 4, 1]);
    const target = kernelOf(3, [3, 3, 4, 1]);
    const pairs = [
      [liqQuantizer(), liqQuantizer({ granularity: 'perChannel' })],
      [lsqQuantizer(), lsqQuantizer({ granularity: 'perChannel' })],
      [lsqPlusQuantizer(), lsqPlusQuantizer({ granularity: 'perChannel' })],
      [apotQuantizer(), apotQuantizer({ granularity: 'perChannel' })],
      [minMaxQuantizer(), minMaxQuantizer({ granularity: 'perChannel' })],
    ] as const;
    for (const [perTensor, perChannel] of pairs) {
      const whole = quantizeWithGradients(perTensor, value, perTensor.initialize(value, target), target);
      const single = quantizeWithGradients(perChannel, value, perChannel.initialize(value, target), target);
      expectClose(single.value, whole.value);
      expectClose(single.toValue, whole.toValue);
      expect(single.toParameters.map(({ shape }) => shape)).to.deep.equal(
        whole.toParameters.map(() => [1, 1, 1, 1]),
      );
      single.toParameters.forEach((gradient, i) => {
        expectClose(gradient.reshape([]), whole.toParameters[i]!, { relative: 1e-4 });
      });
    }
  });
});
