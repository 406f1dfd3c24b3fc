import { BIT_ALLOCATION, createToken, TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { ContainerModule } from 'inversify';
import type { QuantizerChoice } from './choose-quantizer.js';
import { quantizePlugin, type QuantizeOptions } from './quantize-plugin.js';

/** The quantizer of an experiment: bind another to swap it. */
export const QUANTIZER = createToken<{ readonly choice: QuantizerChoice }>('quantizer');

/** Binds the plugin; its quantizer and its bits are resolved. */
export function quantizeModule(options: Pick<QuantizeOptions, 'signed'> = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TRAINING_PLUGIN)
      .toResolvedValue(
        ({ choice }, bits) => quantizePlugin({ ...options, quantizer: choice, bits }),
        [QUANTIZER, BIT_ALLOCATION],
      )
      .inSingletonScope();
  });
}
