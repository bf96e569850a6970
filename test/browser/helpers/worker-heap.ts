import type { Page } from 'playwright-core';

/** Looks into the heap of the next dedicated worker that a page starts. */
export async function watchWorkerHeap(page: Page): Promise<{ usedBytes(): Promise<number> }> {
  const session = await page.context().newCDPSession(page);
  const attached = new Promise<string>((resolve) => {
    session.on('Target.attachedToTarget', ({ sessionId }) => resolve(sessionId));
  });
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  let lastId = 0;

  async function ask(method: string): Promise<Record<string, number>> {
    const id = ++lastId;
    const answer = new Promise<Record<string, number>>((resolve) => {
      session.on('Target.receivedMessageFromTarget', ({ message }) => {
        const reply = JSON.parse(message);
        if (reply.id === id) resolve(reply.result);
      });
    });
    const message = JSON.stringify({ id, method, params: {} });
    await session.send('Target.sendMessageToTarget', { sessionId: await attached, message });
    return answer;
  }

  return {
    async usedBytes() {
      await ask('HeapProfiler.collectGarbage');
      const { usedSize, backingStorageSize } = await ask('Runtime.getHeapUsage');
      return usedSize + backingStorageSize;
    },
  };
}
