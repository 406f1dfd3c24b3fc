import type { MetricsLine } from '../run/metrics-log.js';
import { axis, palette, renderChart } from './chart.js';

/** One measure over the epochs, of training and of validation. */
interface Panel {
  readonly title: string;
  readonly training: readonly Point[];
  readonly validation: readonly Point[];
}

type Point = readonly [epoch: number, value: number];

const panelSize = { width: 420, height: 320 };

/** Loss and metrics over the epochs as an SVG, one panel each, training beside validation. */
export function trainingCurves(lines: readonly MetricsLine[]): string {
  const panels = panelsOf(lines);
  const width = panelSize.width * panels.length;
  const left = (index: number) => panelSize.width * index + 56;
  return renderChart(
    {
      color: [palette.blue, palette.orange],
      legend: {
        data: ['training', 'validation'],
        bottom: 4,
        textStyle: { color: palette.text },
        icon: 'roundRect',
        itemHeight: 4,
        itemGap: 32,
      },
      title: panels.map(({ title }, index) => ({
        text: title,
        left: left(index),
        top: 10,
        textStyle: { color: palette.text, fontSize: 14, fontWeight: 600 },
      })),
      grid: panels.map((_, index) => ({
        left: left(index),
        width: panelSize.width - 80,
        top: 48,
        bottom: 76,
      })),
      xAxis: panels.map((_, gridIndex) => ({
        ...axis('epoch'),
        gridIndex,
        type: 'value',
        min: 'dataMin',
        max: 'dataMax',
        minInterval: 1,
        nameLocation: 'middle',
        nameGap: 26,
        splitLine: { show: false },
      })),
      yAxis: panels.map(({ title }, gridIndex) => ({
        ...axis(''),
        gridIndex,
        type: 'value',
        scale: true,
        // Nothing is more than right.
        max: ({ max }: { readonly max: number }) => (title === 'accuracy' && max > 0.9 ? 1 : null),
      })),
      series: panels.flatMap((panel, index) => [
        line('training', panel.training, index),
        line('validation', panel.validation, index),
      ]),
    },
    { name: 'training', width, height: panelSize.height },
  );
}

function panelsOf(lines: readonly MetricsLine[]): readonly Panel[] {
  const metrics = Object.keys(lines[0]?.training.metrics ?? {});
  const sharpness = lines.filter(({ training }) => training.sharpness !== undefined);
  return [
    {
      title: 'loss',
      training: points(lines, ({ training }) => training.loss),
      validation: points(lines, ({ validation }) => validation?.loss),
    },
    ...metrics.map((name) => ({
      title: name,
      training: points(lines, ({ training }) => training.metrics[name]),
      validation: points(lines, ({ validation }) => validation?.metrics[name]),
    })),
    ...(sharpness.length > 0
      ? [
          {
            title: 'sharpness',
            training: points(sharpness, ({ training }) => training.sharpness),
            validation: [],
          },
        ]
      : []),
  ];
}

function points(
  lines: readonly MetricsLine[],
  measure: (line: MetricsLine) => number | null | undefined,
): readonly Point[] {
  return lines.flatMap((line) => {
    const value = measure(line);
    return typeof value === 'number' ? [[line.epoch, value] as const] : [];
  });
}

function line(name: string, data: readonly Point[], index: number) {
  return {
    name,
    type: 'line',
    data,
    xAxisIndex: index,
    yAxisIndex: index,
    showSymbol: data.length < 30,
    symbol: 'circle',
    symbolSize: 6,
    lineStyle: { width: 2 },
  };
}
