import { TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { ContainerModule } from 'inversify';
import { type ProgressOptions, progressPlugin } from './progress-plugin.js';

/** Binds the plugin. */
export function progressModule(options: ProgressOptions = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TRAINING_PLUGIN).toConstantValue(progressPlugin(options));
  });
}
