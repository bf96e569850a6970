import type uPlot from 'uplot';

/**
 * Lines and areas of a plot only where values reach a height. Of a dozen posteriors most are near 0 most of the time:
 * not drawing them there keeps the picture clear, and saves most of its cost.
 */
export function raisedPaths(height: number): uPlot.Series.PathBuilder {
  return ({ data, bbox, valToPos }, series, from, to) => {
    const values = data[series] as ArrayLike<number>;
    const last = values.length - 1;
    const x = (i: number) => bbox.left + (i / last) * bbox.width;
    const y = (i: number) => valToPos(values[i], 'y', true);
    const floor = bbox.top + bbox.height;
    const stroke = new Path2D();
    const fill = new Path2D();
    for (let i = from; i <= to; i++) {
      if (values[i] < height) continue;
      const first = Math.max(from, i - 1);
      while (i < to && values[i] >= height) i++;
      stroke.moveTo(x(first), y(first));
      fill.moveTo(x(first), floor);
      fill.lineTo(x(first), y(first));
      for (let j = first + 1; j <= i; j++) {
        stroke.lineTo(x(j), y(j));
        fill.lineTo(x(j), y(j));
      }
      fill.lineTo(x(i), floor);
    }
    return { stroke, fill };
  };
}
