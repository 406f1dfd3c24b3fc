export { accuracyOverBops, type AccuracyPoint } from './plots/accuracy-over-bops.js';
