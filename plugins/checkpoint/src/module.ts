import { TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { ContainerModule } from 'inversify';
import { checkpointPlugin, type CheckpointOptions } from './checkpoint-plugin.js';

/** Binds the plugin. */
export function checkpointModule(options: CheckpointOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TRAINING_PLUGIN).toConstantValue(checkpointPlugin(options));
  });
}
