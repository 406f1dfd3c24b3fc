import { BIT_ALLOCATION, TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { ContainerModule } from 'inversify';
import { bopsPlugin, type BopsOptions } from './bops-plugin.js';

/** Binds the plugin; its bits are resolved. */
export function bopsModule(options: Omit<BopsOptions, 'bits'> = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TRAINING_PLUGIN)
      .toResolvedValue((bits) => bopsPlugin({ ...options, bits }), [BIT_ALLOCATION])
      .inSingletonScope();
  });
}
