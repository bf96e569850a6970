import type { FrameInspection } from '../../src/browser/index.js';
import type { DetectionEvent } from '../../src/events.js';
import { ColumnRing } from '../column-ring.js';
import { element } from '../element.js';
import type { PageModel } from '../page-model.js';
import { currentTheme, onThemeChange } from '../theme.js';
import { WaveColumns } from '../wave-columns.js';
import { HeatMap } from './heat-map.js';
import { Posteriors } from './posteriors.js';
import { Waveform } from './waveform.js';

export const SHOWN_SECONDS = 10;
/** An MFCC as far from its mean as this many deviations has the strongest colour. */
const STRONGEST_DEVIATION = 2.5;
/** Rows between the layers of the hidden state. */
const GAP_ROWS = 4;
/** No more than this many words fit on ten seconds, at the refractory time of half a second. */
const KEPT_DETECTIONS = 24;

/** The four pictures that scroll together: sound, features, hidden state, posteriors. */
export class Strips {
  readonly #model: PageModel;
  readonly #features: ColumnRing;
  readonly #hidden: ColumnRing;
  readonly #posteriors: ColumnRing;
  readonly #hiddenColumn: Float32Array;
  readonly #waves: WaveColumns;
  readonly #waveform: Waveform;
  readonly #maps: HeatMap[];
  readonly #plot: Posteriors;
  readonly #onChange: () => void;
  #detections: DetectionEvent[] = [];
  #theme = currentTheme();

  /** @param onChange called when something has to be drawn */
  constructor(model: PageModel, onChange: () => void) {
    const hiddenUnits = model.hiddenSizes.reduce((sum, size) => sum + size, 0);
    this.#model = model;
    this.#onChange = onChange;
    const columns = Math.round(SHOWN_SECONDS / model.hopSeconds);
    this.#features = new ColumnRing(columns, model.featureMean.length);
    this.#hidden = new ColumnRing(columns, hiddenUnits);
    this.#posteriors = new ColumnRing(columns, model.labels.length);
    this.#hiddenColumn = new Float32Array(hiddenUnits);
    const { featureMean, featureDeviation } = model;
    this.#maps = [
      new HeatMap(element('features', HTMLCanvasElement), this.#features, upwards(featureMean.length), (value, i) => {
        return (value - featureMean[i]) / featureDeviation[i] / STRONGEST_DEVIATION;
      }),
      new HeatMap(element('hidden', HTMLCanvasElement), this.#hidden, layerRows(model.hiddenSizes), (value) => value),
    ];
    this.#plot = new Posteriors(element('posteriors', HTMLElement), this.#posteriors, model);
    const wave = element('wave', HTMLCanvasElement);
    this.#waves = new WaveColumns(columns);
    this.#waveform = new Waveform(wave, this.#waves.ring, model.hopSeconds, onChange);
    onThemeChange(() => this.#repaint());
    this.#repaint();
  }

  /** Begins a new stream. */
  begin(sampleRate: number): void {
    for (const ring of [this.#features, this.#hidden, this.#posteriors]) ring.clear();
    this.#waves.begin(sampleRate * this.#model.hopSeconds);
    this.#detections = [];
    this.#repaint();
  }

  /** Drawn with the next frames. */
  addSamples(samples: Float32Array): void {
    this.#waves.push(samples);
  }

  addInspection({ features, hidden, posteriors }: FrameInspection): void {
    let at = 0;
    for (const layer of hidden) {
      this.#hiddenColumn.set(layer, at);
      at += layer.length;
    }
    this.#features.push(features);
    this.#hidden.push(this.#hiddenColumn);
    this.addPosteriors(posteriors);
  }

  /** Where nothing else of the network is known. */
  addPosteriors(posteriors: readonly number[]): void {
    this.#posteriors.push(posteriors);
    this.#onChange();
  }

  addDetection(detection: DetectionEvent): void {
    this.#detections.push(detection);
    if (this.#detections.length > KEPT_DETECTIONS) this.#detections.shift();
  }

  /** Mean posterior of a label over the last frames: what is compared with its threshold. */
  smoothed(label: number): number {
    return this.#posteriors.meanOfLast(this.#model.decision.smoothingFrames, label);
  }

  /** Draws what is new. */
  paint(): void {
    this.#waveform.paint(this.#theme, this.#detections);
    for (const map of this.#maps) map.paint(this.#theme);
    this.#plot.paint();
  }

  #repaint(): void {
    this.#theme = currentTheme();
    for (const map of this.#maps) map.repaint(this.#theme);
    this.#plot.repaint(this.#theme);
    this.#onChange();
  }
}

/** The first entry at the bottom. */
const upwards = (count: number): number[] => Array.from({ length: count }, (_, i) => count - 1 - i);

/** The first layer at the top, a gap before each other one. */
function layerRows(sizes: readonly number[]): number[] {
  // A picture needs a row.
  if (sizes.length === 0) return [-1];
  let next = 0;
  return sizes.flatMap((size, layer) => {
    const gap = layer === 0 ? [] : new Array<number>(GAP_ROWS).fill(-1);
    return [...gap, ...Array.from({ length: size }, () => next++)];
  });
}
