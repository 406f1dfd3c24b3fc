import type { BenchRow } from '../../bench-case.js';
import { quantile } from '../../statistics.js';
import type { StepKind } from '../../steps/step-kind.js';
import type { Measured } from './measure-subject.js';
import type { PartyName } from './parties.js';

type Side = readonly [party: PartyName, kind: StepKind];

/** Times that are compared, the first over the second. */
const timeRatios: readonly { readonly over: Side; readonly under: Side }[] = [
  { over: ['stock', 'full-precision'], under: ['flatbit', 'full-precision'] },
  ...(['pytorch', 'pytorch channels-last', 'pytorch compiled'] as const).flatMap((party) =>
    (['full-precision', 'quantization-aware', 'saq'] as const).map((kind) => ({
      over: [party, kind] as const,
      under: ['flatbit', kind] as const,
    })),
  ),
  { over: ['flatbit', 'full-precision'], under: ['convolutions', 'full-precision'] },
  { over: ['flatbit', 'saq'], under: ['convolutions', 'saq'] },
  { over: ['flatbit', 'saq'], under: ['flatbit', 'quantization-aware'] },
];

/** Ratios of one subject: of times taken in the same round, so that the median and the quartiles are those of a comparison. */
export function ratioTable(measured: readonly Measured[]): readonly BenchRow[] {
  const find = ([party, kind]: Side) => measured.find((one) => one.party === party && one.kind === kind);
  const times = timeRatios.flatMap(({ over, under }) => {
    const [a, b] = [find(over), find(under)];
    return a && b
      ? [
          row(
            a,
            `time: ${label(over)} / ${label(under)}`,
            a.rounds.map((time, i) => time / b.rounds[i]!),
          ),
        ]
      : [];
  });
  return [...times, ...memoryRatios(measured)];
}

/** What a SAQ step needs over a quantization-aware one: of the whole process, of what the steps added, and of the heap. */
function memoryRatios(measured: readonly Measured[]): readonly BenchRow[] {
  const parties = [...new Set(measured.map(({ party }) => party))];
  return parties.flatMap((party) => {
    const find = (kind: StepKind) => measured.find((one) => one.party === party && one.kind === kind);
    const [saq, plain] = [find('saq'), find('quantization-aware')];
    if (!saq?.memory || !plain?.memory) return [];
    const [a, b] = [saq.memory, plain.memory];
    const what = (part: string) => `${part}: ${party} saq / quantization-aware`;
    return [
      row(saq, what('peak memory'), [a.peak / b.peak]),
      row(saq, what('memory added by steps'), [(a.peak - a.before) / (b.peak - b.before)]),
      ...(a.heap && b.heap ? [row(saq, what('heap'), [a.heap / b.heap])] : []),
    ];
  });
}

function label([party, kind]: Side): string {
  return `${party} ${kind}`;
}

function row({ subject }: Measured, ratio: string, values: readonly number[]): BenchRow {
  const at = (q: number) => Number(quantile(values, q).toFixed(2));
  return {
    engine: subject.engine,
    network: subject.network,
    ratio,
    median: at(0.5),
    quartiles: values.length > 1 ? `${at(0.25)} to ${at(0.75)}` : '',
  };
}
