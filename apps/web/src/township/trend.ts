import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { yuan } from '../shared/format';

/** Drawn as SVG: sharp on paper, and nothing of it needs a style attribute the page's policy would refuse. */
use([BarChart, GridComponent, SVGRenderer]);

export interface Bar {
  day: string;
  hammerFen: number;
}
export interface Trend {
  draw(bars: readonly Bar[]): void;
  resize(): void;
  close(): void;
}

/** With more bars than this the sums above them would touch. */
const LABELLED_MAX = 12;

/** @param colours of the page's tokens. @param choose is told the day that was pressed. */
export function openTrend(
  holder: HTMLElement,
  colours: { bar: string; ink: string; quiet: string; line: string; face: string },
  choose: (day: string) => void,
): Trend {
  const chart = init(holder, null, { renderer: 'svg' });
  chart.on('click', ({ name }) => choose(name));
  return {
    draw: (bars) =>
      chart.setOption({
        animation: false,
        textStyle: { fontFamily: colours.face },
        grid: {
          left: 4,
          right: 4,
          top: 26,
          bottom: 4,
          outerBoundsMode: 'same',
          outerBoundsContain: 'axisLabel',
        },
        xAxis: {
          type: 'category',
          data: bars.map(({ day }) => day),
          axisTick: { show: false },
          axisLine: { lineStyle: { color: colours.line } },
          axisLabel: { color: colours.quiet, formatter: (day: string) => day.slice(5) },
        },
        yAxis: {
          type: 'value',
          splitNumber: 3,
          splitLine: { lineStyle: { color: colours.line } },
          axisLabel: { color: colours.quiet, formatter: (fen: number) => yuan(fen) },
        },
        series: [
          {
            type: 'bar',
            data: bars.map(({ hammerFen }) => hammerFen),
            barMaxWidth: 36,
            itemStyle: { color: colours.bar, borderRadius: [4, 4, 0, 0] },
            label: {
              show: bars.length <= LABELLED_MAX,
              position: 'top',
              color: colours.ink,
              fontWeight: 600,
              formatter: ({ value }: { value: unknown }) => yuan(Number(value)),
            },
          },
        ],
      }),
    resize: () => chart.resize(),
    close: () => chart.dispose(),
  };
}
