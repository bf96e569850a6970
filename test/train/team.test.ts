import { expect, test } from 'vitest';
import { TeamMember, teamMemory } from '../../src/train/team.ts';

test('a team of one gets back what it gave, turn after turn', () => {
  const member = new TeamMember(teamMemory(1, 3), 0);
  for (let turn = 0; turn < 4; turn++) {
    const gradients = Float32Array.of(turn, 2, 3);
    expect(member.sum(gradients, 5)).toBe(5);
    expect([...gradients]).toEqual([turn, 2, 3]);
  }
});
