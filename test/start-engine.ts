import { selectEngine, type EngineName } from '@flatbit/backends';
import { testEngine } from '@flatbit/testing';

// Loaded by mocha before the tests: a suite then selects its engine by name.
const webgpu = testEngine === 'webgpu' ? await import('./read-webgpu-now.js') : undefined;
webgpu?.watchDawn();
await selectEngine(testEngine as EngineName);
webgpu?.readWebgpuNow();
