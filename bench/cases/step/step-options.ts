import { engineNames, type EngineName } from '@flatbit/backends';
import { Option } from 'commander';
import { availableParallelism } from 'node:os';
import { integer } from '../../parse-options.js';
import { stepKinds, type StepKind } from '../../steps/step-kind.js';
import { networkNames, type NetworkName } from './networks.js';
import { partyNames, type PartyName } from './parties.js';

export interface StepOptions {
  readonly engine: readonly EngineName[];
  readonly model: readonly NetworkName[];
  readonly case: readonly PartyName[];
  readonly kind: readonly StepKind[];
  readonly rounds: number;
  readonly steps: number;
  readonly threads: number;
  readonly memory: boolean;
  readonly quick?: true;
}

export const stepOptions = [
  new Option('--engine <name...>', 'engines').choices(engineNames).default(engineNames, 'all'),
  new Option('--model <name...>', 'networks').choices(networkNames).default(networkNames, 'all'),
  new Option('--case <name...>', 'who takes steps').choices(partyNames).default(partyNames, 'all'),
  new Option('--kind <name...>', 'steps').choices(stepKinds).default(stepKinds, 'all'),
  new Option('--rounds <number>', 'turns of each case').argParser(integer(1)).default(9),
  new Option('--steps <number>', 'timed steps in a turn').argParser(integer(1)).default(2),
  new Option('--threads <number>', 'threads of TensorFlow and PyTorch')
    .argParser(integer(1))
    .default(availableParallelism()),
  new Option('--no-memory', 'leaves the peak memory out'),
  new Option('--quick', 'ResNet-20 and the micro-network, three rounds, no compiled PyTorch, no memory'),
];

/** What `--quick` makes of the options. */
export function shorten(options: StepOptions): StepOptions {
  if (!options.quick) return options;
  return {
    ...options,
    model: options.model.filter((name) => name !== 'mobilenetv2-cifar'),
    case: options.case.filter((name) => name !== 'pytorch compiled'),
    rounds: Math.min(options.rounds, 3),
    memory: false,
  };
}
