/** How many of the words were heard, in their order (the longest common subsequence). */
export function inOrder(words: readonly string[], heard: readonly string[]): number {
  const row = new Array<number>(heard.length + 1).fill(0);
  for (const word of words) {
    let diagonal = 0;
    heard.forEach((label, i) => {
      const above = row[i + 1];
      row[i + 1] = label === word ? diagonal + 1 : Math.max(above, row[i]);
      diagonal = above;
    });
  }
  return row[heard.length];
}
