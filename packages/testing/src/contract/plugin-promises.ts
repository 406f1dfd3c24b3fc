import { measurePromises } from './measure-promises.js';
import { namePromises } from './name-promises.js';
import { repeatPromises } from './repeat-promises.js';
import { restorePromises } from './restore-promises.js';
import { tensorPromises } from './tensor-promises.js';
import type { PluginPromise } from './workbench.js';

/** What the architecture promises of every plugin; `pluginContract` runs them. */
export const pluginPromises: readonly PluginPromise[] = [
  ...namePromises,
  ...tensorPromises,
  ...restorePromises,
  ...repeatPromises,
  ...measurePromises,
];
