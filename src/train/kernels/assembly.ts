// AssemblyScript: compiled to WebAssembly by scripts/build-kernels.ts. `TrainingKernels` in kernels.ts says what each
// export does. All addresses, strides of cells and lengths of rows are multiples of 16 bytes unless said otherwise.

// Compiled twice: with fused multiply-adds (relaxed SIMD), where a processor and its engine have them, and without.
// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

// ---- Matrix product ------------------------------------------------------------------------------------------------
//
// C = S + A B in the manner of Goto and van de Geijn (2008). B lies packed in panels of 8 columns, for each block of at
// most KC of the common dimension: [block][panel][k][8], filled up with zeros. A is packed here, MC rows at a time, in
// panels of 6 rows: [panel][k][6]. A tile of 6 x 8 sums, two vectors of B and one of A stay in 15 registers, all that
// V8 uses of 16. Where 4 rows are left, as of the 64 of half a batch, a tile of 4 x 8 is enough.

const MR: i32 = 6;
const NR: i32 = 8;
const KC: i32 = 384;
const MC: i32 = 96;

let edgeTile: usize = 0;
let scratch: usize = 0;

/** Says where kernels may work: (MR · NR + MC · KC) floats. */
export function useScratch(address: usize): void {
  edgeTile = address;
  scratch = address + (MR * NR << 2);
}

/** Row and column strides in bytes; a transpose is a swap of them. */
export function pack(b: usize, rowStride: usize, columnStride: usize, k: i32, n: i32, out: usize): void {
  for (let first: i32 = 0; first < k; first += KC) {
    const depth: i32 = min(KC, k - first);
    for (let column: i32 = 0; column < n; column += NR) {
      const from: usize = b + <usize>first * rowStride + <usize>column * columnStride;
      packPanel8(from, rowStride, columnStride, depth, min(NR, n - column), out);
      out += depth << 5;
    }
  }
}

export function packPanel8(
  from: usize, rowStride: usize, columnStride: usize, depth: i32, columns: i32, out: usize,
): void {
  if (columns == NR && columnStride == 4) {
    for (let k: i32 = 0; k < depth; k++) {
      v128.store(out, v128.load(from));
      v128.store(out, v128.load(from, 16), 16);
      from += rowStride;
      out += 32;
    }
    return;
  }
  for (let k: i32 = 0; k < depth; k++) {
    let at: usize = from;
    for (let c: i32 = 0; c < NR; c++) {
      store<f32>(out + (c << 2), c < columns ? load<f32>(at) : 0);
      at += columnStride;
    }
    from += rowStride;
    out += 32;
  }
}

/** Rows of C and S need only be aligned to 4. */
export function multiply(
  a: usize, rowStride: usize, columnStride: usize, packedB: usize, c: usize, cStride: usize,
  m: i32, n: i32, k: i32, start: usize, startStride: usize,
): void {
  const panels: i32 = (n + NR - 1) / NR;
  for (let first: i32 = 0; first < k; first += KC) {
    const depth: i32 = min(KC, k - first);
    for (let row: i32 = 0; row < m; row += MC) {
      const rows: i32 = min(MC, m - row);
      packA(a + <usize>row * rowStride + <usize>first * columnStride, rowStride, columnStride, rows, depth);
      block(packedB, c + <usize>row * cStride, cStride, rows, n, depth, start + <usize>row * startStride, startStride);
    }
    packedB += <usize>panels * <usize>(depth << 5);
    start = c;
    startStride = cStride;
  }
}

export function packA(from: usize, rowStride: usize, columnStride: usize, rows: i32, depth: i32): void {
  let out: usize = scratch;
  for (let row: i32 = 0; row < rows; row += MR) {
    packPanel6(from + <usize>row * rowStride, rowStride, columnStride, min(MR, rows - row), depth, out);
    out += depth * MR << 2;
  }
}

// In the place of rows that are missing the last one is packed; their sums are not looked at.
export function packPanel6(
  from: usize, rowStride: usize, columnStride: usize, rows: i32, depth: i32, out: usize,
): void {
  if (rows == MR && rowStride == 4) {
    for (let k: i32 = 0; k < depth; k++) {
      v128.store(out, v128.load(from));
      store<u64>(out, load<u64>(from, 16), 16);
      from += columnStride;
      out += 24;
    }
    return;
  }
  const last: i32 = rows - 1;
  const r1: usize = from + <usize>min(1, last) * rowStride, r2: usize = from + <usize>min(2, last) * rowStride;
  const r3: usize = from + <usize>min(3, last) * rowStride, r4: usize = from + <usize>min(4, last) * rowStride;
  const r5: usize = from + <usize>last * rowStride;
  const end: usize = columnStride * depth;
  let at: usize = 0;
  if (columnStride == 4) {
    // Blocks of 6 x 4 are transposed.
    for (; at + 16 <= end; at += 16) {
      const a = v128.load(from + at), b = v128.load(r1 + at), c = v128.load(r2 + at), d = v128.load(r3 + at);
      const e = v128.load(r4 + at), f = v128.load(r5 + at);
      const lowAB = v128.shuffle<f32>(a, b, 0, 4, 1, 5), highAB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const lowCD = v128.shuffle<f32>(c, d, 0, 4, 1, 5), highCD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      const lowEF = v128.shuffle<f32>(e, f, 0, 4, 1, 5), highEF = v128.shuffle<f32>(e, f, 2, 6, 3, 7);
      v128.store(out, v128.shuffle<f32>(lowAB, lowCD, 0, 1, 4, 5));
      v128.store(out, v128.shuffle<f32>(lowEF, lowAB, 0, 1, 6, 7), 16);
      v128.store(out, v128.shuffle<f32>(lowCD, lowEF, 2, 3, 6, 7), 32);
      v128.store(out, v128.shuffle<f32>(highAB, highCD, 0, 1, 4, 5), 48);
      v128.store(out, v128.shuffle<f32>(highEF, highAB, 0, 1, 6, 7), 64);
      v128.store(out, v128.shuffle<f32>(highCD, highEF, 2, 3, 6, 7), 80);
      out += 96;
    }
  }
  for (; at < end; at += columnStride) {
    store<f32>(out, load<f32>(from + at));
    store<f32>(out, load<f32>(r1 + at), 4);
    store<f32>(out, load<f32>(r2 + at), 8);
    store<f32>(out, load<f32>(r3 + at), 12);
    store<f32>(out, load<f32>(r4 + at), 16);
    store<f32>(out, load<f32>(r5 + at), 20);
    out += 24;
  }
}

export function block(
  b: usize, c: usize, cStride: usize, rows: i32, n: i32, depth: i32, start: usize, startStride: usize,
): void {
  for (let column: i32 = 0; column < n; column += NR) {
    const columns: i32 = min(NR, n - column);
    let a: usize = scratch;
    let out: usize = c + (column << 2);
    let from: usize = start + (column << 2);
    for (let row: i32 = 0; row < rows; row += MR) {
      const left: i32 = rows - row;
      if (columns == NR && left >= MR) tile(a, b, depth, out, cStride, from, startStride);
      else if (columns == NR && left == 4) tile4(a, b, depth, out, cStride, from, startStride);
      else edge(a, b, depth, out, cStride, min(MR, left), columns, from, startStride);
      a += depth * MR << 2;
      out += <usize>MR * cStride;
      from += <usize>MR * startStride;
    }
    b += depth << 5;
  }
}

// Exported only to stay functions of their own: inlined, their sums are spilled from registers.
export function tile(a: usize, b: usize, depth: i32, c: usize, cStride: usize, from: usize, fromStride: usize): void {
  tileOf(MR, a, b, depth, c, cStride, from, fromStride);
}

export function tile4(a: usize, b: usize, depth: i32, c: usize, cStride: usize, from: usize, fromStride: usize): void {
  tileOf(4, a, b, depth, c, cStride, from, fromStride);
}

// `rows` is MR or 4, known when this is compiled: of a tile of 4 nothing is left of the last two rows.
// @ts-ignore: decorator
@inline
function tileOf(
  rows: i32, a: usize, b: usize, depth: i32, c: usize, cStride: usize, from: usize, fromStride: usize,
): void {
  const isWhole: bool = rows == MR;
  const c1: usize = c + cStride, c2: usize = c1 + cStride, c3: usize = c2 + cStride;
  const c4: usize = c3 + cStride, c5: usize = c4 + cStride;
  let a0 = v128.load(from), b0 = v128.load(from, 16);
  from += fromStride;
  let a1 = v128.load(from), b1 = v128.load(from, 16);
  from += fromStride;
  let a2 = v128.load(from), b2 = v128.load(from, 16);
  from += fromStride;
  let a3 = v128.load(from), b3 = v128.load(from, 16);
  let a4 = f32x4.splat(0), a5 = a4, b4 = a4, b5 = a4;
  if (isWhole) {
    from += fromStride;
    a4 = v128.load(from);
    b4 = v128.load(from, 16);
    from += fromStride;
    a5 = v128.load(from);
    b5 = v128.load(from, 16);
  }
  const end: usize = a + (depth * MR << 2);
  for (; a < end; a += 24) {
    const low = v128.load(b), high = v128.load(b, 16);
    const s0 = v128.load32_splat(a);
    a0 = multiplyAdd(s0, low, a0);
    b0 = multiplyAdd(s0, high, b0);
    const s1 = v128.load32_splat(a, 4);
    a1 = multiplyAdd(s1, low, a1);
    b1 = multiplyAdd(s1, high, b1);
    const s2 = v128.load32_splat(a, 8);
    a2 = multiplyAdd(s2, low, a2);
    b2 = multiplyAdd(s2, high, b2);
    const s3 = v128.load32_splat(a, 12);
    a3 = multiplyAdd(s3, low, a3);
    b3 = multiplyAdd(s3, high, b3);
    if (isWhole) {
      const s4 = v128.load32_splat(a, 16);
      a4 = multiplyAdd(s4, low, a4);
      b4 = multiplyAdd(s4, high, b4);
      const s5 = v128.load32_splat(a, 20);
      a5 = multiplyAdd(s5, low, a5);
      b5 = multiplyAdd(s5, high, b5);
    }
    b += 32;
  }
  store8(c, a0, b0);
  store8(c1, a1, b1);
  store8(c2, a2, b2);
  store8(c3, a3, b3);
  if (!isWhole) return;
  store8(c4, a4, b4);
  store8(c5, a5, b5);
}

// @ts-ignore: decorator
@inline
function store8(out: usize, low: v128, high: v128): void {
  v128.store(out, low);
  v128.store(out, high, 16);
}

function edge(
  a: usize, b: usize, depth: i32, c: usize, cStride: usize, rows: i32, columns: i32, from: usize, fromStride: usize,
): void {
  for (let i: i32 = 0; i < rows; i++) memory.copy(edgeTile + (i * NR << 2), from + <usize>i * fromStride, columns << 2);
  tile(a, b, depth, edgeTile, NR << 2, edgeTile, NR << 2);
  for (let i: i32 = 0; i < rows; i++) memory.copy(c + <usize>i * cStride, edgeTile + (i * NR << 2), columns << 2);
}

// ---- Rows and vectors ----------------------------------------------------------------------------------------------

/** sums += the sum over rows. */
export function addColumnSums(sums: usize, matrix: usize, rows: i32, n: i32): void {
  const stride: usize = n << 2;
  let column: i32 = 0;
  for (; column + 16 <= n; column += 16) {
    const out: usize = sums + (column << 2);
    let at: usize = matrix + (column << 2);
    let a = v128.load(out), b = v128.load(out, 16), c = v128.load(out, 32), d = v128.load(out, 48);
    for (let r: i32 = 0; r < rows; r++) {
      a = f32x4.add(a, v128.load(at));
      b = f32x4.add(b, v128.load(at, 16));
      c = f32x4.add(c, v128.load(at, 32));
      d = f32x4.add(d, v128.load(at, 48));
      at += stride;
    }
    store8(out, a, b);
    store8(out + 32, c, d);
  }
  for (let r: i32 = 0; r < rows; r++) {
    add(sums + (column << 2), matrix + (column << 2), n - column);
    matrix += stride;
  }
}

/** a += b; n floats, any number, any alignment of 4. */
export function add(a: usize, b: usize, n: i32): void {
  let i: i32 = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(a + (i << 2), f32x4.add(v128.load(a + (i << 2)), v128.load(b + (i << 2))));
  }
  for (; i < n; i++) store<f32>(a + (i << 2), load<f32>(a + (i << 2)) + load<f32>(b + (i << 2)));
}

/** a ·= factor, and the sum of squares of the result. */
export function scale(a: usize, n: i32, factor: f32): f64 {
  let sum: f64 = 0;
  for (let i: i32 = 0; i < n; i++) {
    const value: f32 = load<f32>(a + (i << 2)) * factor;
    store<f32>(a + (i << 2), value);
    sum += <f64>value * <f64>value;
  }
  return sum;
}

/** x = (x - mean) / deviation; rows of n floats, any number. */
export function normalise(x: usize, mean: usize, deviation: usize, rows: i32, n: i32): void {
  for (let r: i32 = 0; r < rows; r++) {
    for (let i: i32 = 0; i < n; i++) {
      store<f32>(x, (load<f32>(x) - load<f32>(mean + (i << 2))) / load<f32>(deviation + (i << 2)));
      x += 4;
    }
  }
}

export function relu(x: usize, n: i32): void {
  const zero = f32x4.splat(0);
  for (const end: usize = x + (n << 2); x < end; x += 16) v128.store(x, f32x4.pmax(zero, v128.load(x)));
}

/** dx = dy where y > 0, else 0; in place. */
export function reluBackward(gradient: usize, y: usize, n: i32): void {
  const zero = f32x4.splat(0);
  for (const end: usize = gradient + (n << 2); gradient < end; gradient += 16) {
    v128.store(gradient, v128.and(v128.load(gradient), f32x4.gt(v128.load(y), zero)));
    y += 16;
  }
}

/**
 * Sets each number to 0 with a probability of `threshold` / 2^32 and multiplies the others by `factor`. Which ones,
 * depends on `seed` and the place alone, so that a second call does the same to the gradient.
 */
export function dropout(x: usize, n: i32, seed: u32, threshold: u32, factor: f32): void {
  for (let i: i32 = 0; i < n; i++) {
    let hash: u32 = (seed ^ (<u32>i * 0x9e3779b1)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    hash ^= hash >>> 16;
    store<f32>(x, hash < threshold ? 0 : load<f32>(x) * factor);
    x += 4;
  }
}

// ---- Convolution ---------------------------------------------------------------------------------------------------
//
// Inputs are [time][row][n], columns [time / stride][row][kernel][n]; n floats, any number.

export function unfold(inputs: usize, columns: usize, steps: i32, rows: i32, kernel: i32, stride: i32, n: i32): void {
  const bytes: usize = n << 2;
  for (let t: i32 = 0; t < steps; t++) {
    for (let row: i32 = 0; row < rows; row++) {
      for (let k: i32 = 0; k < kernel; k++) {
        memory.copy(columns, inputs + <usize>((t * stride + k) * rows + row) * bytes, bytes);
        columns += bytes;
      }
    }
  }
}

/** The transpose of `unfold`: inputs += columns. */
export function fold(inputs: usize, columns: usize, steps: i32, rows: i32, kernel: i32, stride: i32, n: i32): void {
  const bytes: usize = n << 2;
  for (let t: i32 = 0; t < steps; t++) {
    for (let row: i32 = 0; row < rows; row++) {
      for (let k: i32 = 0; k < kernel; k++) {
        add(inputs + <usize>((t * stride + k) * rows + row) * bytes, columns, n);
        columns += bytes;
      }
    }
  }
}

// ---- Activations ---------------------------------------------------------------------------------------------------

// tanh(x) as x times the ratio of two polynomials in x², |x| clamped where single precision is 1 (coefficients of Eigen's
// generic_fast_tanh_float); the same as in the live kernels. The coefficients stand in memory, from where they are taken
// into registers once: constants V8 makes anew in each round of a loop.
const LIMIT: usize = memory.data<f32>([7.90531110763549805]);
const NUMERATOR: usize = memory.data<f32>([
  -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5,
  6.37261928875436e-4, 4.89352455891786e-3,
]);
const DENOMINATOR: usize = memory.data<f32>([
  1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3,
]);

// x = offset + scale · tanh(scale · x): tanh with 1 and 0, the sigmoid with 1/2 and 1/2.
function squash(x: usize, bytes: usize, scale: f32, offset: f32): void {
  const s = f32x4.splat(scale), o = f32x4.splat(offset);
  const limit = v128.load32_splat(LIMIT), lowest = f32x4.neg(limit);
  const p0 = v128.load32_splat(NUMERATOR), p1 = v128.load32_splat(NUMERATOR, 4);
  const p2 = v128.load32_splat(NUMERATOR, 8), p3 = v128.load32_splat(NUMERATOR, 12);
  const p4 = v128.load32_splat(NUMERATOR, 16), p5 = v128.load32_splat(NUMERATOR, 20);
  const p6 = v128.load32_splat(NUMERATOR, 24);
  const q0 = v128.load32_splat(DENOMINATOR), q1 = v128.load32_splat(DENOMINATOR, 4);
  const q2 = v128.load32_splat(DENOMINATOR, 8), q3 = v128.load32_splat(DENOMINATOR, 12);
  for (const end: usize = x + bytes; x < end; x += 16) {
    const value = f32x4.pmax(f32x4.pmin(f32x4.mul(s, v128.load(x)), limit), lowest);
    const square = f32x4.mul(value, value);
    let p = multiplyAdd(square, p0, p1);
    p = multiplyAdd(square, p, p2);
    p = multiplyAdd(square, p, p3);
    p = multiplyAdd(square, p, p4);
    p = multiplyAdd(square, p, p5);
    p = multiplyAdd(square, p, p6);
    const q = multiplyAdd(square, multiplyAdd(square, multiplyAdd(square, q0, q1), q2), q3);
    v128.store(x, multiplyAdd(s, f32x4.div(f32x4.mul(value, p), q), o));
  }
}

// y (1 - y): the derivative of the sigmoid at the output y.
// @ts-ignore: decorator
@inline
function sigmoidSlope(y: v128): v128 {
  return f32x4.mul(y, f32x4.sub(f32x4.splat(1), y));
}

// 1 - y²: that of tanh.
// @ts-ignore: decorator
@inline
function tanhSlope(y: v128): v128 {
  return f32x4.sub(f32x4.splat(1), f32x4.mul(y, y));
}

// ---- Cells: one step of `rows` streams ------------------------------------------------------------------------------

export function elmanForward(rows: i32, hidden: i32, x: usize, u: usize, h: usize): void {
  const bytes: usize = rows * hidden << 2;
  memory.copy(h, x, bytes);
  add(h, u, rows * hidden);
  squash(h, bytes, 1, 0);
}

export function elmanBackward(rows: i32, hidden: i32, x: usize, h: usize, dh: usize): void {
  for (const end: usize = x + (rows * hidden << 2); x < end; x += 16) {
    v128.store(x, f32x4.mul(v128.load(dh), tanhSlope(v128.load(h))));
    v128.store(dh, f32x4.splat(0));
    h += 16;
    dh += 16;
  }
}

export function gruForward(rows: i32, hidden: i32, x: usize, u: usize, before: usize, h: usize): void {
  const bytes: usize = hidden << 2;
  for (let row: i32 = 0; row < rows; row++) {
    const xz: usize = x + bytes, xn: usize = xz + bytes, un: usize = u + 2 * bytes;
    add(x, u, 2 * hidden);
    squash(x, 2 * bytes, 0.5, 0.5);
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(xn + i, f32x4.add(v128.load(xn + i), f32x4.mul(v128.load(x + i), v128.load(un + i))));
    }
    squash(xn, bytes, 1, 0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const n = v128.load(xn + i);
      v128.store(h + i, f32x4.add(n, f32x4.mul(v128.load(xz + i), f32x4.sub(v128.load(before + i), n))));
    }
    x = xn + bytes;
    u = un + bytes;
    before += bytes;
    h += bytes;
  }
}

export function gruBackward(rows: i32, hidden: i32, x: usize, u: usize, before: usize, dh: usize): void {
  const bytes: usize = hidden << 2;
  for (let row: i32 = 0; row < rows; row++) {
    const xz: usize = x + bytes, uz: usize = u + bytes, xn: usize = xz + bytes, un: usize = uz + bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      const r = v128.load(x + i), z = v128.load(xz + i), n = v128.load(xn + i);
      const gradient = v128.load(dh + i);
      const dn = f32x4.mul(f32x4.mul(gradient, f32x4.sub(f32x4.splat(1), z)), tanhSlope(n));
      const dz = f32x4.mul(f32x4.mul(gradient, f32x4.sub(v128.load(before + i), n)), sigmoidSlope(z));
      const dr = f32x4.mul(f32x4.mul(dn, v128.load(un + i)), sigmoidSlope(r));
      v128.store(x + i, dr);
      v128.store(u + i, dr);
      v128.store(xz + i, dz);
      v128.store(uz + i, dz);
      v128.store(xn + i, dn);
      v128.store(un + i, f32x4.mul(dn, r));
      v128.store(dh + i, f32x4.mul(gradient, z));
    }
    x = xn + bytes;
    u = un + bytes;
    before += bytes;
    dh += bytes;
  }
}

export function lstmForward(
  rows: i32, hidden: i32, x: usize, u: usize, cBefore: usize, c: usize, h: usize,
): void {
  const bytes: usize = hidden << 2;
  for (let row: i32 = 0; row < rows; row++) {
    const xf: usize = x + bytes, xg: usize = xf + bytes, xo: usize = xg + bytes;
    add(x, u, 4 * hidden);
    squash(x, 2 * bytes, 0.5, 0.5);
    squash(xg, bytes, 1, 0);
    squash(xo, bytes, 0.5, 0.5);
    for (let at: usize = 0; at < bytes; at += 16) {
      const kept = f32x4.mul(v128.load(xf + at), v128.load(cBefore + at));
      const cell = f32x4.add(kept, f32x4.mul(v128.load(x + at), v128.load(xg + at)));
      v128.store(c + at, cell);
      v128.store(h + at, cell);
    }
    squash(h, bytes, 1, 0);
    for (let at: usize = 0; at < bytes; at += 16) v128.store(h + at, f32x4.mul(v128.load(xo + at), v128.load(h + at)));
    x = xo + bytes;
    u += 4 * bytes;
    cBefore += bytes;
    c += bytes;
    h += bytes;
  }
}

export function lstmBackward(
  rows: i32, hidden: i32, x: usize, cBefore: usize, c: usize, dh: usize, dc: usize,
): void {
  const bytes: usize = hidden << 2;
  for (let row: i32 = 0; row < rows; row++) {
    const xf: usize = x + bytes, xg: usize = xf + bytes, xo: usize = xg + bytes;
    memory.copy(scratch, c, bytes);
    squash(scratch, bytes, 1, 0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const i = v128.load(x + at), f = v128.load(xf + at), g = v128.load(xg + at), o = v128.load(xo + at);
      const squashed = v128.load(scratch + at);
      const gradient = v128.load(dh + at);
      const cell = f32x4.add(v128.load(dc + at), f32x4.mul(f32x4.mul(gradient, o), tanhSlope(squashed)));
      v128.store(x + at, f32x4.mul(f32x4.mul(cell, g), sigmoidSlope(i)));
      v128.store(xf + at, f32x4.mul(f32x4.mul(cell, v128.load(cBefore + at)), sigmoidSlope(f)));
      v128.store(xg + at, f32x4.mul(f32x4.mul(cell, i), tanhSlope(g)));
      v128.store(xo + at, f32x4.mul(f32x4.mul(gradient, squashed), sigmoidSlope(o)));
      v128.store(dc + at, f32x4.mul(cell, f));
      v128.store(dh + at, f32x4.splat(0));
    }
    x = xo + bytes;
    cBefore += bytes;
    c += bytes;
    dh += bytes;
    dc += bytes;
  }
}

// ---- Optimiser -----------------------------------------------------------------------------------------------------

/** AdamW (Loshchilov and Hutter 2019); n is a multiple of 4, rate = lr / (1 - b1^t), correction = 1 / sqrt(1 - b2^t). */
export function adamw(
  weights: usize, gradients: usize, first: usize, second: usize, n: i32,
  beta1: f32, beta2: f32, rate: f32, correction: f32, epsilon: f32, decay: usize, learningRate: f32,
): void {
  const b1 = f32x4.splat(beta1), c1 = f32x4.splat(1 - beta1), b2 = f32x4.splat(beta2), c2 = f32x4.splat(1 - beta2);
  const step = f32x4.splat(rate), root = f32x4.splat(correction), e = f32x4.splat(epsilon);
  const shrink = f32x4.splat(learningRate), one = f32x4.splat(1);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const g = v128.load(gradients + i);
    const m = f32x4.add(f32x4.mul(b1, v128.load(first + i)), f32x4.mul(c1, g));
    const v = f32x4.add(f32x4.mul(b2, v128.load(second + i)), f32x4.mul(c2, f32x4.mul(g, g)));
    v128.store(first + i, m);
    v128.store(second + i, v);
    const w = f32x4.mul(v128.load(weights + i), f32x4.sub(one, f32x4.mul(shrink, v128.load(decay + i))));
    const change = f32x4.div(f32x4.mul(step, m), f32x4.add(f32x4.mul(f32x4.sqrt(v), root), e));
    v128.store(weights + i, f32x4.sub(w, change));
  }
}

/** average += (1 - decay) (weights - average); n is a multiple of 4. */
export function average(mean: usize, weights: usize, n: i32, decay: f32): void {
  const share = f32x4.splat(1 - decay);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const old = v128.load(mean + i);
    v128.store(mean + i, f32x4.add(old, f32x4.mul(share, f32x4.sub(v128.load(weights + i), old))));
  }
}
