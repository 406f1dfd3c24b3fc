import { defineExperiment } from '@flatbit/experiment';
import { liqQuantizer } from '@flatbit/quantizers';

const small = { model: { name: 'small-cnn' }, data: { name: 'digits' } } as const;

defineExperiment({ ...small, bits: 4, quantizer: liqQuantizer(), sam: { rho: 0.1 } });

// @ts-expect-error -- every experiment has data
defineExperiment({ model: { name: 'small-cnn' } });

// @ts-expect-error -- bits are numbers
defineExperiment({ ...small, bits: 'four' });

// @ts-expect-error -- LSQ is not normalised
defineExperiment({ ...small, quantizer: { name: 'lsq', normalize: 'standard' } });

// @ts-expect-error -- Adam has no momentum
defineExperiment({ ...small, optimizer: { name: 'adam', momentum: 0.9 } });

// @ts-expect-error -- there is no such place
defineExperiment({ ...small, sam: { at: 'somewhere' } });

// @ts-expect-error -- the key is called epochs
defineExperiment({ ...small, epoch: 3 });
