import { TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { ContainerModule } from 'inversify';
import type { Schedule } from './schedule.js';
import { schedulePlugin } from './schedule-plugin.js';

/** Binds the plugin. */
export function scheduleModule(schedule: Schedule): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TRAINING_PLUGIN).toConstantValue(schedulePlugin(schedule));
  });
}
