import { assembleFloatLoop } from '../simd/float-loop.js';
import { add, multiply, subtract } from '../simd/instructions.js';
import { fusedWasmKernel } from './fused-wasm-kernel.js';
import { updateParameters } from './update-parameters.js';

/** Without decay nothing is added: 0 times an infinite parameter would be NaN. */
const loopOf = (nesterov: boolean, decays: boolean) =>
  assembleFloatLoop({
    inputs: ['parameter', 'gradient', 'velocity'],
    outputs: ['nextParameter', 'nextVelocity'],
    constants: ['learningRate', 'momentum', 'weightDecay'],
    sums: 0,
    compute: ({ parameter, gradient, velocity, learningRate, momentum, weightDecay }, vector) => {
      const [decayed, next] = [vector(), vector()];
      const ahead = add(decayed.value, multiply(next.value, momentum));
      return {
        before: [
          decayed.set(decays ? add(gradient, multiply(parameter, weightDecay)) : gradient),
          next.set(add(multiply(velocity, momentum), decayed.value)),
        ],
        outputs: {
          nextParameter: subtract(parameter, multiply(nesterov ? ahead : next.value, learningRate)),
          nextVelocity: next.value,
        },
      };
    },
  });

/** SGD with momentum over all parameters. */
export const sgd = fusedWasmKernel('Sgd', (inputs, { settings, nesterov }, heap) => {
  const { healthy, parameters, gradients, velocities } = inputs;
  return updateParameters(heap, {
    constants: settings,
    healthy,
    gradients,
    state: [parameters, velocities],
    loopOf: ([, , weightDecay]) => {
      const decays = weightDecay! > 0;
      return [`sgd ${String(nesterov)} ${String(decays)}`, loopOf(nesterov, decays)];
    },
  });
});
