import { describe, expect, it } from 'vitest';
import { pickMicrophone } from '../../src/node/pick-microphone.js';

const built = { deviceId: '17', label: 'Built-in Microphone' };
const usb = { deviceId: '18', label: 'USB Microphone' };

describe('pickMicrophone', () => {
  it.each([
    ['an id', '18'],
    ['a label', 'USB Microphone'],
    ['a part of a label, in any case', 'usb'],
  ])('finds a microphone by %s', (_what, name) => {
    expect(pickMicrophone([built, usb], name)).toBe(usb);
  });

  it.each([undefined, ''])('leaves the choice to the system where the name is %j', (name) => {
    expect(pickMicrophone([built, usb], name)).toBeUndefined();
  });

  it('refuses names that no microphone has, and says which there are', () => {
    const code = 'EARSHOT_MICROPHONE_MISSING';
    const message = expect.stringContaining('"Built-in Microphone", "USB Microphone"');
    expect(() => pickMicrophone([built, usb], 'headset')).toThrow(expect.objectContaining({ code, message }));
    expect(() => pickMicrophone([], '')).toThrow(expect.objectContaining({ code }));
  });
});
