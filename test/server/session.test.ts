import { expect, it } from 'vitest';
import type { Connection, Peer } from '../../server/connection.ts';
import type { ReportedEvent, StreamReport } from '../../server/engine/reports.ts';
import { Hub } from '../../server/hub.ts';
import { DEFAULT_LIMITS } from '../../server/limits.ts';
import { Metrics } from '../../server/metrics.ts';
import { Session } from '../../server/session.ts';
import type { SessionFacts } from '../../server/session-facts.ts';
import type { ModelInfo } from '../../src/model-info.ts';

const model = { name: 'commands', labels: ['yes'], frontEnd: { sampleRate: 8000, frameSamples: 256, hopSamples: 160 } };
const frame = (index: number): ReportedEvent => ({
  kind: 'frame',
  own: true,
  fields: `"type":"frame","index":${index}`,
});
const word: ReportedEvent = { kind: 'detection', own: true, fields: '"type":"detection","label":"yes"', label: 'yes' };

/** A session whose worker says what a test wants it to say. */
function begin(facts: Partial<SessionFacts> = {}) {
  const metrics = new Metrics();
  let forgotten = 0;
  const context = {
    limits: DEFAULT_LIMITS,
    hub: new Hub(10, 10, metrics, () => {}),
    metrics,
    onFault: () => {},
    onOver: () => {},
    onForgotten: () => void forgotten++,
  };
  const all: SessionFacts = {
    name: 'kitchen',
    model: model as unknown as ModelInfo,
    sampleRate: 8000,
    frameBytes: 2,
    framesPerMessage: 1,
    frameFormat: 'json',
    address: '',
    ...facts,
  };
  let report = (_: StreamReport): void => {};
  const session = new Session(context, all, (listener) => {
    report = (said) => listener.report(said);
    return { audio: () => {}, command: () => {}, watch: () => {} };
  });
  const say = (events: ReportedEvent[], outcome: StreamReport['outcome'] = 'open') =>
    report({ id: 1, events, frames: 0, samples: 0, bytes: 0, commands: 0, outcome });
  return { session, say, forgotten: () => forgotten };
}

/** A client: what it is told, and how its connection ends. */
function connect(session: Session, lastSeq = 0) {
  const told: string[] = [];
  let peer: Peer | undefined;
  const end = (how: string) => {
    told.push(how);
    const last = peer;
    peer = undefined;
    last?.gone(true);
  };
  const connection = {
    serve: (served: Peer) => {
      peer = served;
    },
    send: (message: string) => told.push(JSON.parse(message).type),
    together: (send: () => void) => send(),
    regulate: () => {},
    end: (code: number) => end(`end ${code}`),
    fail: ({ code }: { code: string }) => end(code),
  };
  session.attach(connection as unknown as Connection, lastSeq);
  return { told, lose: () => peer?.gone(false) };
}

it('tells what was heard before its worker failed, and then that it failed', () => {
  const { session, say, forgotten } = begin({ framesPerMessage: 100 });
  const { told } = connect(session);
  say([frame(0), frame(1)]);
  say([frame(2)], 'failed');
  expect(told).toEqual(['ready', 'frames', 'EARSHOT_INTERNAL']);
  expect(forgotten()).toBe(1);
});

it('keeps it for a producer who is away, for as long as any stream waits', () => {
  const { session, say, forgotten } = begin();
  const away = connect(session);
  say([word]);
  away.lose();
  say([word]);
  say([word], 'failed');
  expect(forgotten()).toBe(0);
  const { told } = connect(session, 1);
  expect(told).toEqual(['ready', 'detection', 'detection', 'closed', 'EARSHOT_INTERNAL']);
  expect(forgotten()).toBe(1);
});
