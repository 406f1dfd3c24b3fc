import type * as tf from '@tensorflow/tfjs';
import {
  apotQuantizer,
  dorefaQuantizer,
  liqQuantizer,
  lsqPlusQuantizer,
  lsqQuantizer,
  minMaxQuantizer,
  pactQuantizer,
  paperLiqQuantizer,
  type Quantizer,
  type QuantizerTarget,
} from '@flatbit/quantizers';
import { activationOf, gaussian, kernelOf, weightOf } from './operands.js';

const kernelShape = [3, 3, 4, 6];
const activationShape = [2, 5, 5, 4];
const kernel = (bits: number): QuantizerTarget => kernelOf(bits, kernelShape);
const dense = (bits: number): QuantizerTarget => weightOf(bits, { shape: [36, 6] });
const input = (bits: number): QuantizerTarget => activationOf(bits, { shape: [null, 5, 5, 4] });
const signedInput = (bits: number): QuantizerTarget => ({ ...input(bits), signed: true });

/** A quantizer under the tests that all of them pass. */
export interface Subject {
  readonly quantizer: Quantizer;
  readonly operands: readonly ((bits: number) => QuantizerTarget)[];
  readonly bits: readonly number[];
  /** Whether quantizing the quantized value changes nothing. */
  readonly idempotent: (target: QuantizerTarget) => boolean;
  /** Whether 8 bits hardly change the value. */
  readonly near?: true;
}

export const isWeight = ({ role }: QuantizerTarget): boolean => role === 'weight';
const always = (): boolean => true;

export const subjects: Readonly<Record<string, Subject>> = {
  liq: {
    quantizer: liqQuantizer(),
    operands: [kernel, dense, input, signedInput],
    bits: [2, 3, 4, 8],
    // The mean and deviation of a quantized kernel are others.
    idempotent: ({ layerKind, role }) => role === 'activation' || layerKind === 'dense',
    near: true,
  },
  'liq per channel': {
    quantizer: liqQuantizer({ granularity: 'perChannel', normalize: 'none' }),
    operands: [kernel, dense],
    bits: [1, 2, 4],
    idempotent: always,
  },
  paperLiq: {
    quantizer: paperLiqQuantizer(),
    operands: [kernel, dense, input, signedInput],
    bits: [1, 2, 4, 8],
    idempotent: (target) => !isWeight(target),
  },
  'minMax affine': {
    quantizer: minMaxQuantizer(),
    operands: [kernel, dense, input, signedInput],
    bits: [2, 3, 8],
    idempotent: (target) => !isWeight(target),
    near: true,
  },
  'minMax symmetric per channel': {
    quantizer: minMaxQuantizer({ scheme: 'symmetric', granularity: 'perChannel', powerOfTwoScale: true }),
    operands: [kernel, dense, input, signedInput],
    bits: [2, 3, 8],
    idempotent: (target) => !isWeight(target),
    near: true,
  },
  'minMax symmetric': {
    quantizer: minMaxQuantizer({ scheme: 'symmetric' }),
    operands: [kernel, dense, input, signedInput],
    bits: [2, 3, 8],
    idempotent: always,
    near: true,
  },
  pact: { quantizer: pactQuantizer(), operands: [input], bits: [1, 2, 4, 8], idempotent: always, near: true },
  dorefa: {
    quantizer: dorefaQuantizer(),
    operands: [kernel, dense, input],
    bits: [1, 2, 4, 8],
    idempotent: ({ role, bits }) => role === 'activation' || bits === 1,
  },
  lsq: {
    quantizer: lsqQuantizer(),
    operands: [kernel, dense, input, signedInput],
    bits: [2, 3, 4, 8],
    idempotent: always,
    near: true,
  },
  lsqPlus: {
    quantizer: lsqPlusQuantizer(),
    operands: [kernel, dense, input, signedInput],
    bits: [2, 3, 4, 8],
    idempotent: always, // not near at 8 bits: weights beyond three deviations saturate at the start
  },
  'lsqPlus per channel': {
    quantizer: lsqPlusQuantizer({ granularity: 'perChannel' }),
    operands: [kernel, dense],
    bits: [2, 4],
    idempotent: always,
  },
  apot: {
    quantizer: apotQuantizer(),
    operands: [kernel, dense, input, signedInput],
    bits: [2, 3, 4, 5, 8],
    idempotent: always,
  },
  'apot per channel': {
    quantizer: apotQuantizer({ granularity: 'perChannel' }),
    operands: [kernel, dense],
    bits: [2, 4],
    idempotent: always,
  },
  'lsq per channel': {
    quantizer: lsqQuantizer({ granularity: 'perChannel' }),
    operands: [kernel, dense],
    bits: [2, 4],
    idempotent: always,
  },
};

/** An operand's values: around zero for weights and signed activations, not below it otherwise. */
export function valueOf({ role, signed, layerKind }: QuantizerTarget): tf.Tensor {
  if (role === 'activation') return signed ? gaussian(activationShape) : gaussian(activationShape).relu();
  return gaussian(layerKind === 'conv2d' ? kernelShape : [36, 6]).mul(0.3);
}

/** Runs a check for each operand at each bit-width. */
export function eachCase(subject: Subject, check: (target: QuantizerTarget, value: tf.Tensor) => void): void {
  for (const operand of subject.operands)
    for (const bits of subject.bits) {
      const target = operand(bits);
      check(target, valueOf(target));
    }
}
