import type { LayerBops } from '@flatbit/plugin-bops';
import { axis, palette, renderChart } from './chart.js';

/** Bits and bit operations of each layer as an SVG: one bar per layer, first layer on top. */
export function layerCosts(layers: readonly LayerBops[]): string {
  const unit = unitOf(Math.max(0, ...layers.map(({ bops }) => bops)));
  const names = layers.map(({ name }) => name);
  const longest = Math.max(8, ...names.map((name) => name.length));
  return renderChart(
    {
      title: {
        text: `bit operations per layer (${unit.name})`,
        left: 12,
        top: 10,
        textStyle: { color: palette.text, fontSize: 14, fontWeight: 600 },
      },
      grid: { left: 24 + longest * 6.4, right: 130, top: 44, bottom: 28 },
      xAxis: { ...axis(''), type: 'value', splitLine: { show: false } },
      yAxis: {
        ...axis(''),
        type: 'category',
        data: names,
        inverse: true,
        axisLabel: { color: palette.text, fontSize: 11, interval: 0 },
      },
      series: [
        {
          type: 'bar',
          barWidth: 11,
          itemStyle: { color: palette.blue, borderRadius: [0, 3, 3, 0] },
          label: {
            show: true,
            position: 'right',
            color: palette.text,
            fontSize: 11,
            formatter: ({ dataIndex }: { readonly dataIndex: number }) => label(layers[dataIndex]!, unit),
          },
          data: layers.map(({ bops }) => bops / unit.size),
        },
      ],
    },
    { name: 'layers', width: 760, height: 80 + 20 * Math.max(1, layers.length) },
  );
}

interface Unit {
  readonly name: string;
  readonly size: number;
}

function unitOf(largest: number): Unit {
  if (largest >= 1e9) return { name: 'G', size: 1e9 };
  return largest >= 1e6 ? { name: 'M', size: 1e6 } : { name: 'k', size: 1e3 };
}

/** `W4 A4 · 37.7 M`. */
function label({ weightBits, activationBits, bops }: LayerBops, { name, size }: Unit): string {
  return `W${weightBits} A${activationBits} · ${(bops / size).toPrecision(3)} ${name}`;
}
