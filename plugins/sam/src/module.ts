import { TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { ContainerModule } from 'inversify';
import { samPlugin, type SamOptions } from './sam-plugin.js';

/** Binds the plugin. */
export function samModule(options: SamOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TRAINING_PLUGIN).toConstantValue(samPlugin(options));
  });
}
