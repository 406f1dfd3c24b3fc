import { assignVariables, storeVariables } from './stored-tensors.js';
import { checkTrainingOptions } from './check-training-options.js';
import { createTrainingHooks } from './training-hooks.js';
import { emptyMeters } from './meters.js';
import { orderPlugins } from './order-plugins.js';
import type { Meters, Position, Training, TrainingOptions } from './training.js';
import { VariableRegistry } from './variable-registry.js';

/**
 * Wires model, optimizer and plugins; allocates every variable.
 * @throws UsageError if a part is not what it should be, plugins conflict, or their order is impossible.
 */
export function createTraining(options: TrainingOptions): Training {
  checkTrainingOptions(options);
  const { model, loss, optimizer, metrics = {} } = options;
  const plugins = orderPlugins(options.plugins ?? []);
  const hooks = createTrainingHooks();
  const variables = new VariableRegistry();
  const training: Training = {
    model,
    loss,
    metrics,
    optimizer,
    plugins,
    hooks,
    variables,
    position: { epoch: 0, step: 0, stepInEpoch: 0, calibrated: false },
    meters: emptyMeters(),
    warn: options.warn ?? ((line) => console.warn(line)),
    dispose() {
      hooks.dispose.call();
      optimizer.dispose();
      variables.dispose();
      model.dispose();
    },
  };
  variables.adopt(model.variables);
  keepOwnState(training);
  try {
    for (const plugin of plugins) plugin.apply(hooks);
    hooks.prepare.call(model.operands, variables);
    optimizer.prepare(variables.updated());
  } catch (error) {
    hooks.dispose.call();
    optimizer.dispose();
    variables.dispose();
    throw error;
  }
  if (hooks.operand.taps.length > 0) {
    for (const { layer, reason } of model.unsupported) training.warn(`layer "${layer}": ${reason}`);
  }
  return training;
}

/** Variables, optimizer slots and the position in the data travel in sections like those of any plugin. */
function keepOwnState({ hooks, variables, optimizer, position, meters }: Training): void {
  const saved = () => variables.saved().map(({ key, variable }) => [key, variable] as const);
  hooks.collectState.tapPromise('training', async (state) => {
    await storeVariables(state.section('variables'), saved());
    await storeVariables(state.section('optimizer'), optimizer.slots());
    state.section('optimizer').values = { name: optimizer.name };
    state.section('position').values = { ...position, meters: structuredClone({ ...meters }) };
  });
  hooks.restoreState.tapPromise('training', async (state) => {
    assignVariables(
      { section: state.section('variables'), variables: saved(), what: 'model or plugin setup' },
      { section: state.section('optimizer'), variables: optimizer.slots(), what: 'optimizer' },
    );
    const { meters: savedMeters, ...savedPosition } = state.section('position').values;
    Object.assign(position, savedPosition as unknown as Position);
    Object.assign(meters, structuredClone(savedMeters) as unknown as Meters);
  });
}
