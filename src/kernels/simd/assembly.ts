// AssemblyScript: compiled to WebAssembly by scripts/build-kernels.ts. `Kernels` in ../kernels.ts says what each export does.
//
// Layout of 32-bit weights: blocks of 32 rows, the last one of 16 where that is enough; inside a block, column after
// column. One vector lane is one row, so that a row's sum runs over the columns in order, however many streams share
// the pass. `rows` is always the number with padding, a multiple of 16.
//
// Layout of 8-bit weights: blocks of 16 rows; inside a block, pairs of columns, 32 bytes each: two neighbouring columns
// of row 0, of row 1, … That is what i32x4.dot_i16x8_s wants after widening.

const ROWS: i32 = 16;

// `scratch` has room for the inputs of four streams.
export function linear(
  weights: usize, bias: usize, inputs: usize, n: i32, out: usize, outStride: usize, rows: i32, columns: i32, relu: i32,
  scratch: usize,
): void {
  let s: i32 = 0;
  for (; s + 4 <= n; s += 4) {
    interleave4(inputs + (s << 2), columns, scratch);
    linear4(weights, bias, scratch, out + s * outStride, outStride, rows, columns, relu);
  }
  for (; s < n; s++) linear1(weights, bias, load<u32>(inputs + (s << 2)), out + s * outStride, rows, columns, relu);
}

function linear1(weights: usize, bias: usize, x: usize, out: usize, rows: i32, columns: i32, relu: i32): void {
  const xEnd: usize = x + (columns << 2);
  let w: usize = weights, b: usize = bias, y: usize = out;
  for (let row: i32 = 0; row + 32 <= rows; row += 32) {
    block32(w, b, x, xEnd, y);
    w += columns << 7;
    b += 128;
    y += 128;
  }
  if (rows & 31) block16(w, b, x, xEnd, y);
  if (relu) rectify(out, rows);
}

// Eight sums in flight hide the latency of an addition. The weights come from the second-level cache: the two loads whose
// values are not used fetch the cache lines that are needed 16 columns later, which makes it a tenth faster. There must be
// PREFETCH_BYTES (../simd.ts) behind the weights. (Exported only to stay a function of its own: inlined, its sums
// are spilled from registers, and it takes a third more time.)
export function block32(w: usize, bias: usize, x: usize, xEnd: usize, out: usize): void {
  let a0 = v128.load(bias), a1 = v128.load(bias, 16), a2 = v128.load(bias, 32), a3 = v128.load(bias, 48);
  let a4 = v128.load(bias, 64), a5 = v128.load(bias, 80), a6 = v128.load(bias, 96), a7 = v128.load(bias, 112);
  for (; x < xEnd; x += 4) {
    load<u8>(w, 2048);
    load<u8>(w, 2112);
    const value = v128.load32_splat(x);
    a0 = f32x4.add(a0, f32x4.mul(value, v128.load(w)));
    a1 = f32x4.add(a1, f32x4.mul(value, v128.load(w, 16)));
    a2 = f32x4.add(a2, f32x4.mul(value, v128.load(w, 32)));
    a3 = f32x4.add(a3, f32x4.mul(value, v128.load(w, 48)));
    a4 = f32x4.add(a4, f32x4.mul(value, v128.load(w, 64)));
    a5 = f32x4.add(a5, f32x4.mul(value, v128.load(w, 80)));
    a6 = f32x4.add(a6, f32x4.mul(value, v128.load(w, 96)));
    a7 = f32x4.add(a7, f32x4.mul(value, v128.load(w, 112)));
    w += 128;
  }
  store4(out, a0, a1, a2, a3);
  store4(out + 64, a4, a5, a6, a7);
}

export function block16(w: usize, bias: usize, x: usize, xEnd: usize, out: usize): void {
  let a0 = v128.load(bias), a1 = v128.load(bias, 16), a2 = v128.load(bias, 32), a3 = v128.load(bias, 48);
  for (; x < xEnd; x += 4) {
    const value = v128.load32_splat(x);
    a0 = f32x4.add(a0, f32x4.mul(value, v128.load(w)));
    a1 = f32x4.add(a1, f32x4.mul(value, v128.load(w, 16)));
    a2 = f32x4.add(a2, f32x4.mul(value, v128.load(w, 32)));
    a3 = f32x4.add(a3, f32x4.mul(value, v128.load(w, 48)));
    w += 64;
  }
  store4(out, a0, a1, a2, a3);
}

// max(0, x) in place.
function rectify(out: usize, rows: i32): void {
  const end: usize = out + (rows << 2);
  for (; out < end; out += 16) v128.store(out, f32x4.pmax(f32x4.splat(0), v128.load(out)));
}

// The inputs of four streams side by side, so that one address leads to all four.
function interleave4(inputs: usize, columns: i32, out: usize): void {
  let x0: usize = load<u32>(inputs), x1: usize = load<u32>(inputs, 4);
  let x2: usize = load<u32>(inputs, 8), x3: usize = load<u32>(inputs, 12);
  const end: usize = out + (columns << 4);
  for (; out < end; out += 16) {
    store<f32>(out, load<f32>(x0));
    store<f32>(out, load<f32>(x1), 4);
    store<f32>(out, load<f32>(x2), 8);
    store<f32>(out, load<f32>(x3), 12);
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
  }
}

// Four streams, whose inputs x holds side by side, share each load of the weights: eight rows at a time.
function linear4(
  weights: usize, bias: usize, x: usize, out: usize, outStride: usize, rows: i32, columns: i32, relu: i32,
): void {
  const xEnd: usize = x + (columns << 4);
  for (let row: i32 = 0; row < rows; row += 8) {
    const first: i32 = row & ~31;
    const width: usize = min(32, rows - first) << 2;
    const w: usize = weights + (first * columns << 2) + ((row - first) << 2);
    block8x4(w, width, bias + (row << 2), x, xEnd, out + (row << 2), outStride);
  }
  if (relu) for (let s: i32 = 0; s < 4; s++) rectify(out + s * outStride, rows);
}

// Eight sums, two weights, and at most three more fit into the registers. (Exported for the reason of block32.)
export function block8x4(
  w: usize, width: usize, bias: usize, x: usize, xEnd: usize, out: usize, outStride: usize,
): void {
  const low = v128.load(bias), high = v128.load(bias, 16);
  let a0 = low, a1 = low, a2 = low, a3 = low;
  let b0 = high, b1 = high, b2 = high, b3 = high;
  for (; x < xEnd; x += 16) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const s0 = v128.load32_splat(x), s1 = v128.load32_splat(x, 4);
    a0 = f32x4.add(a0, f32x4.mul(s0, w0));
    b0 = f32x4.add(b0, f32x4.mul(s0, w1));
    a1 = f32x4.add(a1, f32x4.mul(s1, w0));
    b1 = f32x4.add(b1, f32x4.mul(s1, w1));
    const s2 = v128.load32_splat(x, 8), s3 = v128.load32_splat(x, 12);
    a2 = f32x4.add(a2, f32x4.mul(s2, w0));
    b2 = f32x4.add(b2, f32x4.mul(s2, w1));
    a3 = f32x4.add(a3, f32x4.mul(s3, w0));
    b3 = f32x4.add(b3, f32x4.mul(s3, w1));
    w += width;
  }
  store2(out, a0, b0);
  out += outStride;
  store2(out, a1, b1);
  out += outStride;
  store2(out, a2, b2);
  out += outStride;
  store2(out, a3, b3);
}

// @ts-ignore: decorator
@inline
function store2(out: usize, a: v128, b: v128): void {
  v128.store(out, a);
  v128.store(out, b, 16);
}

// @ts-ignore: decorator
@inline
function store4(out: usize, a: v128, b: v128, c: v128, d: v128): void {
  store2(out, a, b);
  store2(out + 32, c, d);
}

// Rounds x to integers of at most `most` and returns the size of one step. Adding and taking away 1.5 · 2^23 rounds
// half to even, as the plain kernel does.
function quantise(x: usize, columns: i32, most: f32, out: usize): f32 {
  let largest: f32 = 0;
  for (let c: i32 = 0; c < columns; c++) largest = max(largest, abs(load<f32>(x + (c << 2))));
  if (largest == 0) {
    memory.fill(out, 0, (columns + (columns & 1)) << 1);
    return 0;
  }
  const scale: f32 = most / largest;
  for (let c: i32 = 0; c < columns; c++) {
    const rounded: f32 = load<f32>(x + (c << 2)) * scale + <f32>12582912 - <f32>12582912;
    store<i16>(out + (c << 1), <i16>(<i32>rounded));
  }
  if (columns & 1) store<i16>(out + (columns << 1), 0);
  return largest / most;
}

export function linear8(
  weights: usize, scales: usize, bias: usize, inputs: usize, n: i32, out: usize, outStride: usize,
  rows: i32, columns: i32, most: f32, relu: i32, scratch: usize,
): void {
  const pairs: i32 = (columns + 1) >> 1;
  const xBytes: usize = pairs << 2;
  for (let s: i32 = 0; s < n; s++) {
    const step = f32x4.splat(quantise(load<u32>(inputs + (s << 2)), columns, most, scratch));
    let w: usize = weights;
    for (let row: i32 = 0; row < rows; row += ROWS) {
      let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
      for (let c: usize = 0; c < xBytes; c += 4) {
        const pair = v128.load32_splat(scratch + c);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(pair, v128.load8x8_s(w)));
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(pair, v128.load8x8_s(w, 8)));
        a2 = i32x4.add(a2, i32x4.dot_i16x8_s(pair, v128.load8x8_s(w, 16)));
        a3 = i32x4.add(a3, i32x4.dot_i16x8_s(pair, v128.load8x8_s(w, 24)));
        w += 32;
      }
      const r: usize = row << 2;
      store4(
        out + r,
        scaled(a0, step, scales + r, bias + r), scaled(a1, step, scales + r + 16, bias + r + 16),
        scaled(a2, step, scales + r + 32, bias + r + 32), scaled(a3, step, scales + r + 48, bias + r + 48),
      );
    }
    if (relu) rectify(out, rows);
    out += outStride;
  }
}

// @ts-ignore: decorator
@inline
function scaled(sum: v128, step: v128, scales: usize, bias: usize): v128 {
  const product = f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.mul(step, v128.load(scales)));
  return f32x4.add(v128.load(bias), product);
}

// tanh by the rational function x P(x²) / Q(x²) that Eigen uses (generic_fast_tanh_float), within a few units of the
// last place; beyond ±7.905 it is ±1 in single precision.
// @ts-ignore: decorator
@inline
function tanh4(x: v128): v128 {
  x = f32x4.pmin(f32x4.splat(7.90531110763549805), f32x4.pmax(f32x4.splat(-7.90531110763549805), x));
  const square = f32x4.mul(x, x);
  let p = f32x4.add(f32x4.mul(square, f32x4.splat(-2.76076847742355e-16)), f32x4.splat(2.00018790482477e-13));
  p = f32x4.add(f32x4.mul(square, p), f32x4.splat(-8.60467152213735e-11));
  p = f32x4.add(f32x4.mul(square, p), f32x4.splat(5.12229709037114e-8));
  p = f32x4.add(f32x4.mul(square, p), f32x4.splat(1.48572235717979e-5));
  p = f32x4.add(f32x4.mul(square, p), f32x4.splat(6.37261928875436e-4));
  p = f32x4.add(f32x4.mul(square, p), f32x4.splat(4.89352455891786e-3));
  let q = f32x4.add(f32x4.mul(square, f32x4.splat(1.19825839466702e-6)), f32x4.splat(1.18534705686654e-4));
  q = f32x4.add(f32x4.mul(square, q), f32x4.splat(2.268434632439e-3));
  q = f32x4.add(f32x4.mul(square, q), f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(x, p), q);
}

// 1 / (1 + e^-x) = (1 + tanh(x / 2)) / 2
// @ts-ignore: decorator
@inline
function sigmoid4(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return f32x4.add(half, f32x4.mul(half, tanh4(f32x4.mul(half, x))));
}

export function elman(n: i32, hidden: i32, x: usize, u: usize, stride: usize, states: usize): void {
  const bytes: usize = hidden << 2;
  for (let s: i32 = 0; s < n; s++) {
    const h: usize = load<u32>(states + (s << 2));
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(h + i, tanh4(f32x4.add(v128.load(x + i), v128.load(u + i))));
    }
    x += stride;
    u += stride;
  }
}

export function gru(n: i32, hidden: i32, x: usize, u: usize, stride: usize, states: usize): void {
  const bytes: usize = hidden << 2;
  for (let s: i32 = 0; s < n; s++) {
    const h: usize = load<u32>(states + (s << 2));
    const xz: usize = x + bytes, uz: usize = u + bytes, xn: usize = xz + bytes, un: usize = uz + bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      const r = sigmoid4(f32x4.add(v128.load(x + i), v128.load(u + i)));
      const z = sigmoid4(f32x4.add(v128.load(xz + i), v128.load(uz + i)));
      const candidate = tanh4(f32x4.add(v128.load(xn + i), f32x4.mul(r, v128.load(un + i))));
      blend(h + i, z, candidate);
    }
    x += stride;
    u += stride;
  }
}

// h = (1 - z) n + z h = n + z (h - n)
// @ts-ignore: decorator
@inline
function blend(h: usize, z: v128, candidate: v128): void {
  v128.store(h, f32x4.add(candidate, f32x4.mul(z, f32x4.sub(v128.load(h), candidate))));
}

export function gruReset(
  n: i32, hidden: i32, x: usize, xStride: usize, u: usize, uStride: usize, states: usize, results: usize,
): void {
  const bytes: usize = hidden << 2;
  for (let s: i32 = 0; s < n; s++) {
    const h: usize = load<u32>(states + (s << 2));
    const out: usize = load<u32>(results + (s << 2));
    for (let i: usize = 0; i < bytes; i += 16) {
      const r = sigmoid4(f32x4.add(v128.load(x + i), v128.load(u + i)));
      v128.store(out + i, f32x4.mul(r, v128.load(h + i)));
    }
    x += xStride;
    u += uStride;
  }
}

export function gruBlend(
  n: i32, hidden: i32, x: usize, xStride: usize, u: usize, uStride: usize, c: usize, cStride: usize, states: usize,
): void {
  const bytes: usize = hidden << 2;
  for (let s: i32 = 0; s < n; s++) {
    const h: usize = load<u32>(states + (s << 2));
    const xz: usize = x + bytes, uz: usize = u + bytes, xn: usize = xz + bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      const z = sigmoid4(f32x4.add(v128.load(xz + i), v128.load(uz + i)));
      blend(h + i, z, tanh4(f32x4.add(v128.load(xn + i), v128.load(c + i))));
    }
    x += xStride;
    u += uStride;
    c += cStride;
  }
}

export function lstm(
  n: i32, hidden: i32, x: usize, u: usize, stride: usize, hStates: usize, cStates: usize,
): void {
  const bytes: usize = hidden << 2;
  for (let s: i32 = 0; s < n; s++) {
    const h: usize = load<u32>(hStates + (s << 2));
    const c: usize = load<u32>(cStates + (s << 2));
    const xf: usize = x + bytes, uf: usize = u + bytes, xg: usize = xf + bytes, ug: usize = uf + bytes;
    const xo: usize = xg + bytes, uo: usize = ug + bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      const input = sigmoid4(f32x4.add(v128.load(x + i), v128.load(u + i)));
      const forget = sigmoid4(f32x4.add(v128.load(xf + i), v128.load(uf + i)));
      const candidate = tanh4(f32x4.add(v128.load(xg + i), v128.load(ug + i)));
      const output = sigmoid4(f32x4.add(v128.load(xo + i), v128.load(uo + i)));
      const cell = f32x4.add(f32x4.mul(forget, v128.load(c + i)), f32x4.mul(input, candidate));
      v128.store(c + i, cell);
      v128.store(h + i, f32x4.mul(output, tanh4(cell)));
    }
    x += stride;
    u += stride;
  }
}

export function resample(
  filter: usize, taps: i32, phases: i32, step: i32, tableRows: i32, history: usize, phase: i32, count: i32, out: usize,
): void {
  const rowBytes: usize = taps << 2;
  const skip: usize = (step / phases) << 2;
  const advance: i32 = step % phases;
  let from: usize = history + ((phase / phases) << 2);
  let position: i32 = phase % phases;
  for (let j: i32 = 0; j < count; j++) {
    if (tableRows == phases) {
      store<f32>(out, dot(filter + position * rowBytes, from, rowBytes));
    } else {
      const scaledPosition: i32 = position * tableRows;
      const row: usize = filter + (scaledPosition / phases) * rowBytes;
      const share: f32 = <f32>(scaledPosition % phases) / <f32>phases;
      const low: f32 = dot(row, from, rowBytes);
      store<f32>(out, low + share * (dot(row + rowBytes, from, rowBytes) - low));
    }
    out += 4;
    from += skip;
    position += advance;
    if (position >= phases) {
      position -= phases;
      from += 4;
    }
  }
}

// @ts-ignore: decorator
@inline
function dot(row: usize, x: usize, bytes: usize): f32 {
  let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 64) {
    a = f32x4.add(a, f32x4.mul(v128.load(row + i), v128.load(x + i)));
    b = f32x4.add(b, f32x4.mul(v128.load(row + i, 16), v128.load(x + i, 16)));
    c = f32x4.add(c, f32x4.mul(v128.load(row + i, 32), v128.load(x + i, 32)));
    d = f32x4.add(d, f32x4.mul(v128.load(row + i, 48), v128.load(x + i, 48)));
  }
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  return (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1)) +
    (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
}
