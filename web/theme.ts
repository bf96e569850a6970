/** Colours of what is drawn on canvases; the style sheet owns them. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly accentSoft: string;
  /** 256 pixels, from the lowest value to the highest, as ImageData holds them. */
  readonly heat: Uint32Array;
}

const DARK = matchMedia('(prefers-color-scheme: dark)');

export function currentTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: colour('--ink'),
    muted: colour('--muted'),
    line: colour('--line'),
    accent: colour('--accent'),
    accentSoft: colour('--accent-soft'),
    heat: heatColours([colour('--heat-low'), colour('--heat-middle'), colour('--heat-high')]),
  };
}

/** Calls when the system changes between light and dark. */
export function onThemeChange(change: () => void): void {
  DARK.addEventListener('change', change);
}

/** A colour of its own for each keyword: hues around the circle, by turns darker and lighter. */
export function keywordColour(position: number, count: number, alpha = 1): string {
  const hue = (25 + (360 * position) / count) % 360;
  const lightness = (DARK.matches ? 0.7 : 0.47) + (position % 2) * 0.15;
  return `oklch(${lightness} 0.15 ${hue.toFixed(0)} / ${alpha})`;
}

/** Three colours written #rrggbb, blended in 256 steps. */
function heatColours(stops: readonly string[]): Uint32Array {
  const [low, middle, high] = stops.map((stop) => [1, 3, 5].map((at) => Number.parseInt(stop.slice(at, at + 2), 16)));
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const value = (i - 127.5) / 127.5;
    const end = value < 0 ? low : high;
    const share = Math.abs(value);
    for (let c = 0; c < 3; c++) bytes[i * 4 + c] = middle[c] + (end[c] - middle[c]) * share;
    bytes[i * 4 + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}
