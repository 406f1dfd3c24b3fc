import type { BitAllocation, TrainingPlugin } from '@flatbit/core';
import { countBops, type BopsReport, type CountOptions } from './count-bops.js';

export interface BopsOptions extends CountOptions {
  readonly bits: BitAllocation;
  /** Where one-line warnings go; `console.warn` unless given. */
  readonly warn?: (line: string) => void;
}

/** A plugin that counts the bit operations of the network it is installed in. */
export interface BopsPlugin extends TrainingPlugin {
  /** Undefined until the plugin is installed. */
  readonly report: BopsReport | undefined;
}

/** Counts once, when a training is made; adds nothing to a step. */
export function bopsPlugin({
  bits,
  warn = (line) => console.warn(line),
  ...options
}: BopsOptions): BopsPlugin {
  const name = 'bops';
  let report: BopsReport | undefined;
  return {
    name,
    get report() {
      return report;
    },
    apply({ prepare }) {
      prepare.tap(name, (operands) => {
        report = countBops(operands, bits, options);
        for (const layer of report.uncounted) {
          warn(
            `plugin "bops": "${layer}" is not counted, because a size of its input is open; give the model an input shape`,
          );
        }
      });
    },
  };
}
