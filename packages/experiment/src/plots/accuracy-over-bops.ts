import { axis, palette, renderChart } from './chart.js';

/** A trained network in the chart. */
export interface AccuracyPoint {
  readonly label: string;
  /** Bit operations per example. */
  readonly bops: number;
  /** Share of examples classified rightly, 0 to 1. */
  readonly accuracy: number;
  /** `L(θ + ε) − L(θ)`. */
  readonly sharpness?: number;
}

/** Accuracy over bit operations on a logarithmic axis, as an SVG; cheap and right is top left. */
export function accuracyOverBops(points: readonly AccuracyPoint[], title: string): string {
  const shares = points.map(({ accuracy }) => 100 * accuracy);
  const room = Math.max(0.5, (Math.max(...shares) - Math.min(...shares)) * 0.4);
  const margin = (value: number, factor: number) => Number((value * factor).toPrecision(2));
  return renderChart(
    {
      title: {
        text: title,
        left: 16,
        top: 10,
        textStyle: { color: palette.text, fontSize: 14, fontWeight: 600 },
      },
      grid: { left: 72, right: 40, top: 56, bottom: 56 },
      xAxis: {
        ...axis('bit operations per image, millions'),
        type: 'log',
        min: margin(Math.min(...points.map(({ bops }) => bops)) / 1e6, 0.3),
        max: margin(Math.max(...points.map(({ bops }) => bops)) / 1e6, 3),
        nameLocation: 'middle',
        nameGap: 30,
        splitLine: { show: false },
      },
      yAxis: {
        ...axis('test accuracy, %'),
        type: 'value',
        min: Math.floor(Math.min(...shares) - room),
        max: Math.min(100, Math.ceil(Math.max(...shares) + room)),
        nameLocation: 'middle',
        nameGap: 44,
      },
      series: points.map((point, index) => ({
        type: 'scatter',
        data: [[point.bops / 1e6, 100 * point.accuracy]],
        symbolSize: 16,
        itemStyle: { color: [palette.blue, palette.orange, palette.green][index % 3] },
        label: {
          show: true,
          // Neighbours in the list are often neighbours in the picture.
          position: index % 2 === 0 ? 'bottom' : 'top',
          distance: 10,
          color: palette.text,
          fontSize: 12,
          lineHeight: 16,
          formatter: describe(point),
        },
      })),
    },
    { name: 'accuracy', width: 640, height: 360 },
  );
}

function describe({ label, accuracy, sharpness }: AccuracyPoint): string {
  const measured = sharpness === undefined ? '' : `, sharpness ${sharpness.toPrecision(2)}`;
  return `${label}\n${(100 * accuracy).toFixed(2)} %${measured}`;
}
