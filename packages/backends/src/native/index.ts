export { installNative } from './install-native.js';
export type { InstallReporter } from './install-reporter.js';
export type { InstallOptions } from './install-request.js';
export type { EngineManifest } from './manifest.js';
export { nativeFolder } from './native-folder.js';
export { planNative, type NativePlan, type PlannedStep } from './plan-native.js';
export { removeNative } from './remove-native.js';
