/** Where a recording lies among samples. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}
