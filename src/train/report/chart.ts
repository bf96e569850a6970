/** A chart for uPlot: options and data, as JSON. */
export interface Chart {
  title: string;
  options: {
    width: number;
    height: number;
    scales: Record<'x' | 'y', { time?: false; distr: 1 | 3; range?: [number, number] }>;
    axes: { label: string; size?: number }[];
    series: { label: string; stroke?: string; width?: number; spanGaps?: boolean; points?: { show: boolean } }[];
  };
  /** The x values in ascending order, then the values of each curve. */
  data: (number | null)[][];
}

/** What is drawn along an axis. The ticks of a logarithmic one show three decimals: for larger numbers only. */
export interface Axis {
  label: string;
  /** Linear unless said otherwise. */
  scale?: 'linear' | 'logarithmic';
  /** From the smallest to the largest value unless given. */
  range?: [number, number];
}

/** Values at the chart's x values; null where there is none, which the curve passes over. */
export interface Curve {
  label: string;
  values: (number | null)[];
}

const COLOURS = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e', '#8c564b'];
/** Pixels; wide enough for numbers such as 0.00001 beside the label. */
const Y_AXIS_PIXELS = 70;
/** Curves of fewer values show them as points. */
const MOST_POINTS = 30;

/** A chart of curves over common x values, in ascending order. */
export function chart(title: string, x: Axis & { values: (number | null)[] }, y: Axis, curves: Curve[]): Chart {
  const series = curves.map(({ label }, n) => ({
    label,
    stroke: COLOURS[n % COLOURS.length],
    width: 2,
    spanGaps: true,
    points: { show: x.values.length < MOST_POINTS },
  }));
  return {
    title,
    options: {
      width: 760,
      height: 380,
      scales: { x: { time: false, ...scaleOf(x) }, y: scaleOf(y) },
      axes: [{ label: x.label }, { label: y.label, size: Y_AXIS_PIXELS }],
      series: [{ label: x.label }, ...series],
    },
    data: [x.values, ...curves.map(({ values }) => values)],
  };
}

/** uPlot's numbers for the kinds of scale. */
const scaleOf = ({ scale, range }: Axis): { distr: 1 | 3; range?: [number, number] } => ({
  distr: scale === 'logarithmic' ? 3 : 1,
  ...(range && { range }),
});
