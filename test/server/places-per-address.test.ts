import { describe, expect, it } from 'vitest';
import { PlacesPerAddress } from '../../server/places-per-address.ts';

describe('PlacesPerAddress', () => {
  const full = (...addresses: string[]) => {
    const places = new PlacesPerAddress(1, 'streams');
    for (const address of addresses) places.take(address);
    return (address: string) => {
      try {
        places.check(address);
        return false;
      } catch {
        return true;
      }
    };
  };

  it('counts what one host may choose among as one address', () => {
    const isFull = full('2001:db8:0:7::1', '2001:db8::1', '::ffff:192.0.2.1', '192.0.2.7');
    expect(['2001:db8:0:7:a:b:c:d', '2001:db8::ffff', '2001:db8:0:0:1::'].map(isFull)).toEqual([true, true, true]);
    expect(['2001:db8:0:8::1', '2001:db8:7::1', '::ffff:192.0.2.2', '192.0.2.8'].map(isFull)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(['::ffff:192.0.2.1', '192.0.2.7'].map(isFull)).toEqual([true, true]);
  });

  it('does not count loopback, and gives places back', () => {
    expect(full('::1', '127.0.0.1')('::1')).toBe(false);
    const places = new PlacesPerAddress(1, 'streams');
    places.take('2001:db8::1');
    places.giveBack('2001:db8::2');
    expect(() => places.check('2001:db8::1')).not.toThrow();
  });
});
