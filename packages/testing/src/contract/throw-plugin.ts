import { OperandStage, type Phase, type TrainingPlugin } from '@flatbit/core';

/** Throws at the network's last operand in one phase, once it is armed. */
export interface ThrowPlugin extends TrainingPlugin {
  readonly error: Error;
  armed: boolean;
}

export function throwPlugin(phase: Phase): ThrowPlugin {
  const name = 'contract-throw';
  const error = new Error(`the ${phase} pass was made to throw`);
  let lastKey: string | undefined;
  const plugin: ThrowPlugin = {
    name,
    error,
    armed: false,
    apply(hooks) {
      hooks.prepare.tap(name, (operands) => {
        lastKey = operands.at(-1)?.key;
      });
      hooks.operand.tap({ name, stage: OperandStage.observe + 100 }, (value, { key }, pass) => {
        if (plugin.armed && pass.phase === phase && key === lastKey) throw error;
        return value;
      });
    },
  };
  return plugin;
}
