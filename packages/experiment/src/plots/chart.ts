import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Mid-tones, each about as far from white as from a dark page. */
export const palette = {
  text: '#757d88',
  line: '#757d8855',
  blue: '#3b82f6',
  orange: '#d97706',
  green: '#16a34a',
} as const;

export interface ChartFrame {
  /** Begins the names inside the SVG, so that two charts can be in one page. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** Draws a chart as an SVG with a transparent background; equal options give equal text. */
export function renderChart(option: EChartsCoreOption, { name, width, height }: ChartFrame): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: 'system-ui, Segoe UI, Helvetica, Arial, sans-serif' },
      ...option,
    });
    return tidySvg(chart.renderToSVGString(), name);
  } finally {
    chart.dispose();
  }
}

/** Drops styles for the mouse, which an image has no use for; the renderer numbers its names through the whole process. */
function tidySvg(svg: string, name: string): string {
  return svg
    .replaceAll(/ class="[^"]*"/g, '')
    .replace(/<style\b.*<\/style>\s*/s, '')
    .replaceAll(/\bzr\d+-/g, `${name}-`);
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
