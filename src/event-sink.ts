import type { SpotterSink } from './channel.js';
import type { SpotterEvent } from './events.js';
import type { Timeline } from './timeline.js';

/**
 * A sink that makes event objects. Allocates for every event; not for the audio thread.
 * @param frames whether to make events of frames too, or of detections only
 */
export function eventSink(
  timeline: Timeline,
  labels: readonly string[],
  emit: (event: SpotterEvent) => void,
  frames = true,
): SpotterSink {
  return {
    frame(index, posteriors) {
      if (!frames) return;
      const time = timeline.endOf(index);
      emit({ type: 'frame', index, time, sample: timeline.samplesAt(time), posteriors: Array.from(posteriors) });
    },
    detection(label, score, startFrame, endFrame) {
      const start = timeline.startOf(startFrame);
      const end = timeline.endOf(endFrame);
      emit({
        type: 'detection',
        label: labels[label],
        score,
        start,
        end,
        startSample: timeline.samplesAt(start),
        endSample: timeline.samplesAt(end),
      });
    },
  };
}
