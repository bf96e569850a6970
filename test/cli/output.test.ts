import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { Output } from '../../src/cli/output.ts';
import { Progress } from '../../src/cli/progress.ts';

describe('Output', () => {
  it('waits while the reader is behind', async () => {
    const stream = new PassThrough({ highWaterMark: 8 });
    const output = new Output(stream);
    await output.write('one\n');
    let isWritten = false;
    const second = output.write('two and more\n').then(() => {
      isWritten = true;
    });
    await new Promise(setImmediate);
    expect(isWritten).toBe(false);
    stream.resume();
    await second;
  });

  it('closes after what it has taken, and takes nothing more', async () => {
    const written: string[] = [];
    const slow = new Writable({
      write(chunk, _encoding, done) {
        setTimeout(() => {
          written.push(String(chunk));
          done();
        }, 5);
      },
    });
    const output = new Output(slow);
    void output.write('one\n');
    const closed = output.close();
    void output.write('two\n');
    await closed;
    expect(written.join('')).toBe('one\n');
  });

  it('lets the terminal be cleared before it writes, and not for nothing', async () => {
    const clear = vi.fn();
    const output = new Output(new PassThrough(), clear);
    await output.write('');
    expect(clear).toHaveBeenCalledTimes(0);
    await output.write('x\n');
    expect(clear).toHaveBeenCalledTimes(1);
  });
});

describe('Progress', () => {
  const terminal = (isTTY: boolean) => {
    const stream = Object.assign(new PassThrough(), { isTTY, columns: 80 });
    return stream as unknown as NodeJS.WriteStream & PassThrough;
  };
  const shown = (stream: PassThrough) => {
    let text = '';
    for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) text += chunk;
    return text;
  };

  it('shows a bar with the path, the part that is read and the time that is heard', () => {
    const stream = terminal(true);
    const progress = new Progress(stream, 0);
    progress.begin('a.wav', 200);
    progress.addBytes(50);
    progress.update(61.2);
    expect(shown(stream)).toMatch(/######-{18} 25% {2}1:01 {2}a\.wav/);
    progress.hide();
    // The line is clear again.
    expect(shown(stream).endsWith('\u001b[1G\u001b[2K')).toBe(true);
  });

  it('shows the time only where the size is unknown', () => {
    const stream = terminal(true);
    const progress = new Progress(stream, 0);
    progress.begin('-', undefined);
    progress.update(5);
    progress.hide();
    expect(shown(stream)).toContain('0:05  -');
    expect(shown(stream)).not.toContain('%');
  });

  it('shows nothing where there is no terminal, and nothing while the work is short', () => {
    for (const [stream, patience] of [
      [terminal(false), 0],
      [terminal(true), 1000],
    ] as const) {
      const progress = new Progress(stream, patience);
      progress.begin('a.wav', 200);
      progress.update(1);
      progress.hide();
      expect(shown(stream)).toBe('');
    }
  });
});
