import { assembleFloatLoop } from '../simd/float-loop.js';
import { add, divide, multiply, squareRoot, subtract } from '../simd/instructions.js';
import { fusedWasmKernel, rowsOf } from './fused-wasm-kernel.js';
import { updateParameters } from './update-parameters.js';

/** Without decay nothing is added: 0 times an infinite parameter would be NaN. */
const loopOf = (decays: boolean) =>
  assembleFloatLoop({
    inputs: ['parameter', 'gradient', 'first', 'second'],
    outputs: ['nextParameter', 'nextFirst', 'nextSecond'],
    constants: ['beta1', 'beta2', 'share1', 'share2', 'weightDecay', 'stepSize', 'epsilon'],
    sums: 0,
    compute: (values, vector) => {
      const { parameter, gradient, first, second, beta1, beta2, share1, share2, weightDecay } = values;
      const [decayed, nextFirst, nextSecond] = [vector(), vector(), vector()];
      const square = multiply(decayed.value, decayed.value);
      const direction = divide(nextFirst.value, add(squareRoot(nextSecond.value), values.epsilon));
      return {
        before: [
          decayed.set(decays ? add(gradient, multiply(parameter, weightDecay)) : gradient),
          nextFirst.set(add(multiply(first, beta1), multiply(decayed.value, share1))),
          nextSecond.set(add(multiply(second, beta2), multiply(square, share2))),
        ],
        outputs: {
          nextParameter: subtract(parameter, multiply(direction, values.stepSize)),
          nextFirst: nextFirst.value,
          nextSecond: nextSecond.value,
        },
      };
    },
  });

/** Adam over all parameters. */
export const adam = fusedWasmKernel('Adam', (inputs, _, heap) => {
  const { settings, healthy, parameters, gradients, firstMoments, secondMoments } = inputs;
  return updateParameters(heap, {
    constants: rowsOf(heap, settings),
    healthy,
    gradients,
    state: [parameters, firstMoments, secondMoments],
    loopOf: (row) => {
      const decays = row[4]! > 0;
      return [`adam ${String(decays)}`, loopOf(decays)];
    },
  });
});
