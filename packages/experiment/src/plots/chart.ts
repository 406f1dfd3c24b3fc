import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Mid-tones, each about as far from white as from a dark page. */
export const palette = {
  text: '#757d88',
  line: '#757d8855',
  blue: '#3b82f6',
  orange: '#d97706',
  green: '#16a34a',
} as const;

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** Draws a chart as an SVG with a transparent background; equal options give equal text. */
export function renderChart(option: EChartsCoreOption, { width, height }: ChartSize): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: 'system-ui, Segoe UI, Helvetica, Arial, sans-serif' },
      ...option,
    });
    // The renderer numbers its charts through the whole process.
    return chart.renderToSVGString().replaceAll(/\bzr\d+-/g, 'chart-');
  } finally {
    chart.dispose();
  }
}

/** The look of an axis, without its data. */
export function axis(name: string) {
  return {
    name,
    nameTextStyle: { color: palette.text, fontSize: 12 },
    axisLabel: { color: palette.text, fontSize: 11 },
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: palette.line } },
  };
}
