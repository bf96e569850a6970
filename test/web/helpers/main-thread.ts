import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  /** Microseconds: by the clock, and of the processor's time. */
  dur?: number;
  tdur?: number;
  args: { name?: string };
}

const CATEGORIES = ['toplevel', 'devtools.timeline', '__metadata'];

/** Milliseconds of processor time that a page's main thread spends from each animation frame to the next. */
export async function mainThreadWork(browser: Browser, page: Page, traceMs: number): Promise<number[]> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await page.waitForTimeout(traceMs);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const animationFrame = traceEvents.find(({ name }) => name === 'FireAnimationFrame');
  if (!animationFrame) throw new Error('The page drew nothing while it was traced');
  const mainThread = traceEvents.filter(({ pid, tid }) => pid === animationFrame.pid && tid === animationFrame.tid);
  const frames = mainThread.filter(({ name }) => name === 'FireAnimationFrame').map(({ ts }) => ts);
  const tasks = mainThread.filter(({ name, ph }) => name === 'ThreadControllerImpl::RunTask' && ph === 'X');
  return workBetween(frames, tasks);
}

/** A task counts for the animation frame in which it begins. */
function workBetween(frames: number[], tasks: TraceEvent[]): number[] {
  const ends = frames.sort((a, b) => a - b);
  return ends.slice(1).map((end, i) => {
    const inside = tasks.filter(({ ts }) => ts >= ends[i] && ts < end);
    return inside.reduce((sum, { tdur = 0 }) => sum + tdur / 1000, 0);
  });
}
