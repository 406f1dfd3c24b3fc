import {
  allocateBits,
  anObject,
  checkOption,
  UsageError,
  type BitsOption,
  type TrainingPlugin,
} from '@flatbit/core';
import { countBops, type BopsReport, type CountOptions } from './count-bops.js';

export interface BopsOptions extends CountOptions {
  /** 4 is W4A4; or those of weights and of activations, or an allocation. */
  readonly bits: BitsOption;
  /** Where one-line warnings go; `console.warn` unless given. */
  readonly warn?: (line: string) => void;
}

/** A plugin that counts the bit operations of the network it is installed in. */
export interface BopsPlugin extends TrainingPlugin {
  /** Undefined until the plugin is installed. */
  readonly report: BopsReport | undefined;
}

/**
 * Counts once, when a training is made; adds nothing to a step. Its report is that of one training: to `apply` it again is a
 * UsageError.
 * @throws UsageError for what are no bits.
 */
export function bopsPlugin(options: BopsOptions): BopsPlugin {
  const {
    bits,
    warn = (line: string) => console.warn(line),
    ...counting
  } = checkOption(options, 'bops', anObject);
  const allocation = allocateBits(bits);
  const name = 'bops';
  let report: BopsReport | undefined;
  let applied = false;
  // The training itself tells about layers that it does not support.
  const unsupported = new Set(counting.unsupported?.map(({ layer }) => layer));
  return {
    name,
    get report() {
      return report;
    },
    apply({ prepare }) {
      if (applied) throw new UsageError('plugin "bops" reports one training: make another with bopsPlugin()');
      applied = true;
      prepare.tap(name, (operands) => {
        report = countBops(operands, allocation, counting);
        for (const layer of report.uncounted) {
          if (unsupported.has(layer)) continue;
          warn(
            `plugin "bops": "${layer}" is not counted, because a size of its input is open; give the model an input shape`,
          );
        }
      });
    },
  };
}
