/** Text for a format whose records are lines: runs of white space and control characters become one space. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
  return text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
