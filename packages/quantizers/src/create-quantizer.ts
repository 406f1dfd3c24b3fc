import { apotQuantizer, type ApotOptions } from './apot-quantizer.js';
import { dorefaQuantizer } from './dorefa-quantizer.js';
import { floatQuantizer } from './float-quantizer.js';
import { liqQuantizer, type LiqOptions } from './liq-quantizer.js';
import { lsqPlusQuantizer, type LsqPlusOptions } from './lsq-plus-quantizer.js';
import { lsqQuantizer, type LsqOptions } from './lsq-quantizer.js';
import { minMaxQuantizer, type MinMaxOptions } from './min-max-quantizer.js';
import { pactQuantizer, type PactOptions } from './pact-quantizer.js';
import { paperLiqQuantizer } from './paper-liq-quantizer.js';
import type { Quantizer } from './quantizer.js';

type NoOptions = Readonly<Record<string, never>>;

/** The settings that each quantizer takes, by its name. */
export interface QuantizerOptions {
  readonly liq: LiqOptions;
  readonly paperLiq: NoOptions;
  readonly minMax: MinMaxOptions;
  readonly pact: PactOptions;
  readonly dorefa: NoOptions;
  readonly lsq: LsqOptions;
  readonly lsqPlus: LsqPlusOptions;
  readonly apot: ApotOptions;
  readonly float: NoOptions;
}

/** The name of a quantizer that `createQuantizer` makes. */
export type QuantizerName = keyof QuantizerOptions;

type QuantizerFactories = {
  readonly [Name in QuantizerName]: (options: QuantizerOptions[Name]) => Quantizer;
};

const factories: QuantizerFactories = {
  liq: liqQuantizer,
  paperLiq: paperLiqQuantizer,
  minMax: minMaxQuantizer,
  pact: pactQuantizer,
  dorefa: dorefaQuantizer,
  lsq: lsqQuantizer,
  lsqPlus: lsqPlusQuantizer,
  apot: apotQuantizer,
  float: floatQuantizer,
};

/** All names that `createQuantizer` takes. */
export const quantizerNames = Object.keys(factories) as readonly QuantizerName[];

/**
 * Makes a quantizer by name, for settings that come from a file.
 *
 * @throws RangeError if the name is none of `quantizerNames`, or if the quantizer refuses the options.
 */
export function createQuantizer<Name extends QuantizerName>(
  name: Name,
  options: QuantizerOptions[Name] = {} as QuantizerOptions[Name],
): Quantizer {
  if (!Object.hasOwn(factories, name))
    throw new RangeError(`unknown quantizer "${name}"; take one of ${quantizerNames.join(', ')}`);
  return factories[name](options);
}
