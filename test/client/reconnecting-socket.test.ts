import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ReconnectingSocket, type SocketOwner } from '../../src/client/reconnecting-socket.ts';
import type { Socket, SocketClass } from '../../src/client/socket.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const owner: SocketOwner<{ type: string }> = {
  address: () => 'ws://localhost',
  protocols: [],
  receive: () => {},
  mayReconnect: () => true,
  stateChanged: () => {},
  failed: () => {},
};

it('dials once at a time, also when it is told in a pause to make another connection', () => {
  const dialled: Socket[] = [];
  const Sockets = function (this: Socket) {
    dialled.push(this);
    this.close = () => {};
  } as unknown as SocketClass;
  const socket = new ReconnectingSocket(Sockets, owner);
  socket.dial();
  dialled[0].onclose?.({ code: 1006, reason: '' } as never);
  socket.abandon();
  vi.advanceTimersByTime(120_000);
  expect(dialled).toHaveLength(2);
});
