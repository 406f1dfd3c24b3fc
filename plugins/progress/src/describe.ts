import type { EpochSummary, Measures } from '@flatbit/core';
import type { EpochProgress } from './epoch-meter.js';

/** `loss 1.234  accuracy 0.5678` */
function describeMeasures({ loss, metrics }: Measures): string {
  return [['loss', loss] as const, ...Object.entries(metrics)]
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join('  ');
}

/** `3/10`, or `3` where the whole is not known. */
export function describePart(part: number, whole: number | undefined): string {
  return whole === undefined ? `${part}` : `${part}/${whole}`;
}

/** `4.2 s`, `3 min 05 s`, `2 h 07 min` */
export function describeSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 1) return `${whole} s`;
  if (minutes < 60) return `${minutes} min ${pad(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** What is known of an epoch under way, part by part. */
export function describeProgress({
  measures,
  skippedSteps,
  examplesPerSecond,
  secondsLeft,
}: Pick<
  EpochProgress,
  'measures' | 'skippedSteps' | 'examplesPerSecond' | 'secondsLeft'
>): readonly string[] {
  return [
    ...(measures ? [describeMeasures(measures)] : []),
    ...(skippedSteps > 0 ? [`${describeSteps(skippedSteps)} skipped`] : []),
    ...(examplesPerSecond === undefined ? [] : [describeRate(examplesPerSecond)]),
    ...(secondsLeft === undefined ? [] : [`ETA ${describeSeconds(secondsLeft)}`]),
  ];
}

/** `1 step`, `2 steps` */
function describeSteps(count: number): string {
  return count === 1 ? '1 step' : `${count} steps`;
}

function describeRate(examplesPerSecond: number): string {
  return `${examplesPerSecond.toFixed(examplesPerSecond < 10 ? 1 : 0)} examples/s`;
}

/** One line that says how an epoch went, and how long the rest will take at that pace. */
export function describeEpoch({ epoch, epochs, training, validation, timing }: EpochSummary): string {
  const { sharpness, skippedSteps } = training;
  const parts = [
    `epoch ${describePart(epoch, epochs)}`,
    describeMeasures(training),
    ...(sharpness === undefined ? [] : [`sharpness ${sharpness.toPrecision(4)}`]),
    ...(validation ? [`validation: ${describeMeasures(validation)}`] : []),
    ...(skippedSteps === undefined ? [] : [`${describeSteps(skippedSteps)} skipped`]),
    describeRate(timing.examplesPerSecond),
    describeSeconds(timing.seconds),
    ...(epochs > epoch ? [`ETA ${describeSeconds(timing.seconds * (epochs - epoch))}`] : []),
  ];
  return parts.join('  ');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
