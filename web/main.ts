import { fetchModel } from '../src/browser/index.js';
import { Detections } from './detections.js';
import { Devices } from './devices.js';
import { onDrop } from './drop.js';
import { element } from './element.js';
import { type PageModel, readPageModel } from './page-model.js';
import { Painter } from './painter.js';
import { PhaseView } from './phase-view.js';
import { Place } from './place.js';
import { onRecording } from './recordings.js';
import { Saver } from './saver.js';
import { Session } from './session.js';
import { file, microphone, type Source } from './sources.js';
import { Strips } from './strips/strips.js';
import { Thresholds } from './thresholds.js';
import { Trouble } from './trouble.js';

const MODEL_URL = new URL('model.safetensors', document.baseURI).href;

const trouble = new Trouble();
const view = new PhaseView();

type Hear = (source: Source) => void;

/** Joins the parts of the page: what the session hears goes to all that show it. Gives what hears a source. */
function connect(model: PageModel): Hear {
  const detections = new Detections(`Start, and say ${keywordList(model)}.`);
  const saver = new Saver();
  const painter = new Painter(() => {
    strips.paint();
    thresholds.paint((label) => strips.smoothed(label));
  });
  const strips = new Strips(model, painter.ask);
  const thresholds = new Thresholds(model, (decision) => session.configure(decision));
  const place = new Place(() => {
    if (session.isActive) hear(session.source);
  });
  const session = new Session({
    model: model.bytes,
    server: () => place.server,
    decision: () => thresholds.decision,
    phase: (phase, source) => {
      view.show(phase, source);
      place.showConnection(phase);
      if (phase === 'running') devices.refresh();
    },
    begin: (sampleRate) => {
      strips.begin(sampleRate);
      saver.begin(sampleRate);
      detections.begin();
    },
    samples: (samples) => {
      strips.addSamples(samples);
      saver.add(samples);
    },
    inspection: (inspection) => strips.addInspection(inspection),
    frame: ({ posteriors }) => strips.addPosteriors(posteriors),
    detection: (detection) => {
      strips.addDetection(detection);
      detections.add(detection);
    },
    error: (error) => trouble.show(error),
  });
  const hear: Hear = (source) => {
    trouble.hide();
    session.hear(source);
  };
  const devices = new Devices((deviceId) => {
    if (session.isActive && session.source.kind === 'microphone') hear(microphone(deviceId));
  });
  element('start', HTMLButtonElement).addEventListener('click', () => {
    if (session.isActive) session.stop();
    else hear(microphone(devices.chosen));
  });
  onRecording(hear);
  view.show('idle', session.source);
  place.showConnection('idle');
  return hear;
}

function keywordList({ labels, keywords }: PageModel): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(keywords.map((label) => labels[label]));
}

async function load(): Promise<Hear> {
  try {
    return connect(readPageModel(await fetchModel(MODEL_URL)));
  } catch (error) {
    view.fail('The model could not be loaded');
    trouble.show(error);
    return () => {};
  }
}

const loading = load();
// What is dropped while the model is still being loaded is heard afterwards.
onDrop(async (dropped) => (await loading)(file(dropped)));
