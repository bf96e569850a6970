/** A screen reader may send nothing but the click. */
const GESTURES = ['pointerdown', 'pointerup', 'keydown', 'touchend', 'click'];

/**
 * Resumes a context that the browser holds back (until the user does something on the page) or has interrupted (a call
 * on a telephone, a page in the background), as soon as it may run.
 */
export function keepRunning(context: AudioContext, signal: AbortSignal): void {
  // The promise may wait for a gesture for ever, and is refused once the context is closed.
  const resume = () => {
    if (context.state !== 'running') context.resume().catch(() => {});
  };
  for (const gesture of GESTURES) document.addEventListener(gesture, resume, { signal, capture: true, passive: true });
  document.addEventListener('visibilitychange', resume, { signal });
  resume();
}
