/** A share, or null of nothing. */
export const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
