// AssemblyScript: compiled to WebAssembly by scripts/build-kernels.ts. `Kernels` in ../kernels.ts says what each export does.
//
// Layout of 32-bit weights: blocks of 32 rows, the last one of 16 where that is enough; inside a block, column after
// column. One vector lane is one row, so that a row's sum runs over the columns in order. `rows` is always the number with
// padding, a multiple of 16.
//
// Layout of 8-bit weights: blocks of 16 rows; inside a block, pairs of columns, 32 bytes each: two neighbouring columns
// of row 0, of row 1, … That is what i32x4.dot_i16x8_s wants after widening.

const ROWS: i32 = 16;

export function linear(
  weights: usize, bias: usize, inputs: usize, n: i32, out: usize, outStride: usize, rows: i32, columns: i32, relu: i32,
): void {
  for (let s: i32 = 0; s < n; s++) {
    const x: usize = load<u32>(inputs + (s << 2)), xEnd: usize = x + (columns << 2);
    let w: usize = weights, b: usize = bias, y: usize = out + s * outStride;
    for (let row: i32 = 0; row + 32 <= rows; row += 32) {
      block32(w, b, x, xEnd, y);
      w += columns << 7;
      b += 128;
      y += 128;
    }
    if (rows & 31) block16(w, b, x, xEnd, y);
  }
  if (relu) rectify(out, n * outStride);
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
function rectify(out: usize, bytes: usize): void {
  const end: usize = out + bytes;
  for (; out < end; out += 16) v128.store(out, f32x4.pmax(f32x4.splat(0), v128.load(out)));
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

// Rounds x to integers of at most `most` and returns the size of one step. Pairs of them lie `apart` bytes from one
// another, so that those of several streams can lie side by side.
function quantise(x: usize, columns: i32, most: f32, out: usize, apart: usize): f32 {
  const end: usize = x + (columns << 2), wholeEnd: usize = x + ((columns & ~7) << 2);
  let largest4 = f32x4.splat(0);
  let c: usize = x;
  for (; c < wholeEnd; c += 16) largest4 = f32x4.pmax(largest4, f32x4.abs(v128.load(c)));
  let largest: f32 = max(
    max(f32x4.extract_lane(largest4, 0), f32x4.extract_lane(largest4, 1)),
    max(f32x4.extract_lane(largest4, 2), f32x4.extract_lane(largest4, 3)),
  );
  for (; c < end; c += 4) largest = max(largest, abs(load<f32>(c)));
  const scale: f32 = largest == 0 ? 0 : most / largest;
  for (c = x; c < wholeEnd; c += 32) {
    const low = rounded(f32x4.mul(v128.load(c), f32x4.splat(scale)));
    const high = rounded(f32x4.mul(v128.load(c, 16), f32x4.splat(scale)));
    const pairs = i16x8.narrow_i32x4_s(low, high);
    v128.store32_lane(out, pairs, 0);
    v128.store32_lane(out + apart, pairs, 1);
    v128.store32_lane(out + 2 * apart, pairs, 2);
    v128.store32_lane(out + 3 * apart, pairs, 3);
    out += 4 * apart;
  }
  for (; c < end; c += 8) {
    const second: f32 = c + 4 < end ? load<f32>(c, 4) : 0;
    const both = rounded(f32x4.mul(f32x4(load<f32>(c), second, 0, 0), f32x4.splat(scale)));
    v128.store32_lane(out, i16x8.narrow_i32x4_s(both, both), 0);
    out += apart;
  }
  return largest / most;
}

// To integers, half to even as the plain kernel does: what is left of x after adding 1.5 · 2^23 are a sum's lowest bits.
// @ts-ignore: decorator
@inline
function rounded(x: v128): v128 {
  return i32x4.sub(f32x4.add(x, f32x4.splat(12582912)), f32x4.splat(12582912));
}

// `scratch` has room for the rounded inputs of four streams.
export function linear8(
  weights: usize, scales: usize, bias: usize, inputs: usize, n: i32, out: usize, outStride: usize,
  rows: i32, columns: i32, most: f32, relu: i32, scratch: usize,
): void {
  const pairs: i32 = (columns + 1) >> 1;
  let s: i32 = 0;
  for (; s + 4 <= n; s += 4) {
    const list: usize = inputs + (s << 2);
    const step0: f32 = quantise(load<u32>(list), columns, most, scratch, 16);
    const step1: f32 = quantise(load<u32>(list, 4), columns, most, scratch + 4, 16);
    const step2: f32 = quantise(load<u32>(list, 8), columns, most, scratch + 8, 16);
    const step3: f32 = quantise(load<u32>(list, 12), columns, most, scratch + 12, 16);
    const steps = f32x4(step0, step1, step2, step3);
    const xEnd: usize = scratch + (pairs << 4);
    for (let row: i32 = 0; row < rows; row += 8) {
      const w: usize = weights + ((row & ~15) * pairs << 1) + ((row & 8) << 1);
      const r: usize = row << 2;
      rows8x4(w, scales + r, bias + r, scratch, xEnd, steps, out + s * outStride + r, outStride);
    }
  }
  for (; s < n; s++) {
    const step: f32 = quantise(load<u32>(inputs + (s << 2)), columns, most, scratch, 4);
    const xEnd: usize = scratch + (pairs << 2);
    let w: usize = weights;
    for (let row: i32 = 0; row < rows; row += ROWS) {
      const r: usize = row << 2;
      rows16(w, scales + r, bias + r, scratch, xEnd, f32x4.splat(step), out + s * outStride + r);
      w += pairs << 5;
    }
  }
  if (relu) rectify(out, n * outStride);
}

// Sixteen rows of 8-bit weights for one stream. (Exported for the reason of block32.)
export function rows16(w: usize, scales: usize, bias: usize, x: usize, xEnd: usize, step: v128, out: usize): void {
  let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
  for (; x < xEnd; x += 4) {
    const pair = v128.load32_splat(x);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(pair, v128.load8x8_s(w)));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(pair, v128.load8x8_s(w, 8)));
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(pair, v128.load8x8_s(w, 16)));
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(pair, v128.load8x8_s(w, 24)));
    w += 32;
  }
  scaled2(a0, a1, step, scales, bias, out);
  scaled2(a2, a3, step, scales + 32, bias + 32, out + 32);
}

// Eight rows of 8-bit weights for four streams, whose inputs lie side by side and which share each load of the weights.
// Sums of integers are exact: a stream gets the same bits from rows16. (Exported for the reason of block32.)
export function rows8x4(
  w: usize, scales: usize, bias: usize, x: usize, xEnd: usize, steps: v128, out: usize, outStride: usize,
): void {
  let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
  let b0 = i32x4.splat(0), b1 = i32x4.splat(0), b2 = i32x4.splat(0), b3 = i32x4.splat(0);
  for (; x < xEnd; x += 16) {
    const w0 = v128.load8x8_s(w), w1 = v128.load8x8_s(w, 8);
    const x0 = v128.load32_splat(x), x1 = v128.load32_splat(x, 4);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(x0, w0));
    b0 = i32x4.add(b0, i32x4.dot_i16x8_s(x0, w1));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(x1, w0));
    b1 = i32x4.add(b1, i32x4.dot_i16x8_s(x1, w1));
    const x2 = v128.load32_splat(x, 8), x3 = v128.load32_splat(x, 12);
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(x2, w0));
    b2 = i32x4.add(b2, i32x4.dot_i16x8_s(x2, w1));
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(x3, w0));
    b3 = i32x4.add(b3, i32x4.dot_i16x8_s(x3, w1));
    w += 32;
  }
  scaled2(a0, b0, f32x4.splat(f32x4.extract_lane(steps, 0)), scales, bias, out);
  out += outStride;
  scaled2(a1, b1, f32x4.splat(f32x4.extract_lane(steps, 1)), scales, bias, out);
  out += outStride;
  scaled2(a2, b2, f32x4.splat(f32x4.extract_lane(steps, 2)), scales, bias, out);
  out += outStride;
  scaled2(a3, b3, f32x4.splat(f32x4.extract_lane(steps, 3)), scales, bias, out);
}

// @ts-ignore: decorator
@inline
function scaled2(a: v128, b: v128, step: v128, scales: usize, bias: usize, out: usize): void {
  store2(out, scaled(a, step, scales, bias), scaled(b, step, scales + 16, bias + 16));
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

export function copySamples(from: usize, count: i32, to: usize, most: f32): i32 {
  const end: usize = from + (count << 2), wholeEnd: usize = from + ((count & ~3) << 2);
  let good: i32 = 0;
  for (; from < wholeEnd; from += 16, to += 16) {
    const x = v128.load(from), isGood = f32x4.le(f32x4.abs(x), f32x4.splat(most));
    v128.store(to, v128.and(x, isGood));
    good += popcnt(i32x4.bitmask(isGood));
  }
  for (; from < end; from += 4, to += 4) {
    const x: f32 = load<f32>(from), isGood: bool = abs(x) <= most;
    store<f32>(to, isGood ? x : 0);
    good += i32(isGood);
  }
  return count - good;
}

export function scale(samples: usize, count: i32, factor: f32): void {
  const end: usize = samples + (count << 2), wholeEnd: usize = samples + ((count & ~3) << 2);
  for (; samples < wholeEnd; samples += 16) {
    v128.store(samples, f32x4.mul(v128.load(samples), f32x4.splat(factor)));
  }
  for (; samples < end; samples += 4) store<f32>(samples, load<f32>(samples) * factor);
}

export function resample(
  filter: usize, taps: i32, phases: i32, step: i32, tableRows: i32, history: usize, phase: i32, count: i32, out: usize,
): void {
  const rowBytes: usize = taps << 2;
  const skip: usize = (step / phases) << 2;
  const advance: i32 = step % phases;
  let from: usize = history + ((phase / phases) << 2);
  let position: i32 = phase % phases;
  let j: i32 = 0;
  if (phases == 1) {
    for (; j + 4 <= count; j += 4) {
      dots4(filter, from, skip, rowBytes, out);
      out += 16;
      from += skip << 2;
    }
  }
  for (; j < count; j++) {
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

// Four outputs that share each load of the taps; to the last bit what `dot` gives for each.
function dots4(row: usize, x: usize, skip: usize, bytes: usize, out: usize): void {
  const x1: usize = x + skip, x2: usize = x1 + skip, x3: usize = x2 + skip;
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0), a2 = f32x4.splat(0), a3 = f32x4.splat(0);
  let b0 = f32x4.splat(0), b1 = f32x4.splat(0), b2 = f32x4.splat(0), b3 = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 32) {
    const even = v128.load(row + i), odd = v128.load(row + i, 16);
    a0 = f32x4.add(a0, f32x4.mul(even, v128.load(x + i)));
    b0 = f32x4.add(b0, f32x4.mul(odd, v128.load(x + i, 16)));
    a1 = f32x4.add(a1, f32x4.mul(even, v128.load(x1 + i)));
    b1 = f32x4.add(b1, f32x4.mul(odd, v128.load(x1 + i, 16)));
    a2 = f32x4.add(a2, f32x4.mul(even, v128.load(x2 + i)));
    b2 = f32x4.add(b2, f32x4.mul(odd, v128.load(x2 + i, 16)));
    a3 = f32x4.add(a3, f32x4.mul(even, v128.load(x3 + i)));
    b3 = f32x4.add(b3, f32x4.mul(odd, v128.load(x3 + i, 16)));
  }
  totals4(f32x4.add(a0, b0), f32x4.add(a1, b1), f32x4.add(a2, b2), f32x4.add(a3, b3), out);
}

// The sum of each of four vectors, in the order of `dot`: of the first and second lane, of the others, then of both.
// @ts-ignore: decorator
@inline
function totals4(a: v128, b: v128, c: v128, d: v128, out: usize): void {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  const low = f32x4.add(v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5), v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
  const high = f32x4.add(v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
  v128.store(out, f32x4.add(low, high));
}

// @ts-ignore: decorator
@inline
function dot(row: usize, x: usize, bytes: usize): f32 {
  let a = f32x4.splat(0), b = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 32) {
    a = f32x4.add(a, f32x4.mul(v128.load(row + i), v128.load(x + i)));
    b = f32x4.add(b, f32x4.mul(v128.load(row + i, 16), v128.load(x + i, 16)));
  }
  const sum = f32x4.add(a, b);
  return (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1)) +
    (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
}

export function mfcc(
  frameSamples: i32, melBands: i32, bandPairs: i32, coefficients: i32, window: usize, twiddles: usize, bands: usize,
  weights: usize, cosines: usize, spectra: usize, power: usize, energies: usize, pairs: usize, samples: usize, out: usize,
): void {
  // Of a transform of half as many complex numbers as there are samples.
  const bytes: usize = frameSamples << 3;
  const energiesEnd: usize = energies + (melBands << 3), pairsEnd: usize = pairs + (bandPairs << 4);
  for (let i: usize = 0; i < bytes; i += 16) {
    const two = f64x2.promote_low_f32x4(v128.load64_zero(samples + (i >> 1)));
    v128.store(spectra + i, f64x2.mul(two, v128.load(window + i)));
  }
  powers(transform(frameSamples >> 1, spectra, spectra + bytes + 16, twiddles), bytes, twiddles + bytes, power);
  for (let band: i32 = 0; band < melBands; band++) {
    const at: usize = bands + (band << 3), bytesOfBand: usize = load<u32>(at, 4);
    store<f64>(energies + (band << 3), 1 + dot64(weights, power + load<u32>(at), bytesOfBand));
    weights += bytesOfBand;
  }
  for (let e: usize = energies; e < energiesEnd; e += 16) v128.store(e, naturalLogs(v128.load(e)));
  foldPairs(energies, energiesEnd - 8, pairs);
  for (let k: i32 = 0; k < coefficients; k += 2) {
    let a = f64x2.splat(0), b = f64x2.splat(0);
    for (let p: usize = pairs; p < pairsEnd; p += 32) {
      a = f64x2.add(a, f64x2.mul(v128.load(p), v128.load(cosines)));
      b = f64x2.add(b, f64x2.mul(v128.load(p, 16), v128.load(cosines, 16)));
      cosines += 32;
    }
    const two = f32x4.demote_f64x2_zero(f64x2.add(a, b));
    if (k + 1 < coefficients) v128.store64_lane(out, two, 0);
    else v128.store32_lane(out, two, 0);
    out += 8;
  }
}

// |X|² of a real signal from the transform z of its pairs: bins k and N / 2 - k together. The twiddle factors are those from a quarter
// of the circle on.
function powers(z: usize, bytes: usize, twiddles: usize, power: usize): void {
  const half: usize = bytes >> 1;
  v128.store(z + bytes, v128.load(z));
  for (let k: usize = 0; k <= half; k += 16) {
    const a = v128.load(z + k), b = f64x2.mul(v128.load(z + bytes - k), f64x2(1, -1));
    const even = f64x2.add(a, b), odd = rotated(f64x2.sub(a, b), twiddles + (k << 1));
    const low = f64x2.add(even, odd), high = f64x2.sub(even, odd);
    const both = sums(f64x2.mul(low, low), f64x2.mul(high, high));
    v128.store64_lane(power + (k >> 1), both, 0);
    v128.store64_lane(power + half - (k >> 1), both, 1);
  }
}

function dot64(row: usize, x: usize, bytes: usize): f64 {
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(row + i), v128.load(x + i)));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

// Sum and difference of the first and last energy, of the second and last but one, …; the middle one has no partner.
function foldPairs(first: usize, last: usize, pair: usize): void {
  for (; first <= last; first += 8, last -= 8, pair += 16) {
    const own: f64 = load<f64>(first), partner: f64 = first == last ? 0 : load<f64>(last);
    v128.store(pair, f64x2(own + partner, own - partner));
  }
}

// Stockham's FFT by four and at last by two, of `size` complex numbers from one place to the other and back; returns the
// place at which it ended. The four that belong together always lie a quarter apart, in their order.
function transform(size: i32, from: usize, to: usize, twiddles: usize): usize {
  const quarter: usize = size << 2;
  let stride: usize = 16, rest: i32 = size;
  for (; rest >= 4; rest >>= 2) {
    let x: usize = from, y: usize = to, twiddle: usize = 0;
    for (let p: i32 = 0; p < rest; p += 4) {
      for (const end: usize = x + stride; x < end; x += 16, y += 16) {
        const a = v128.load(x), b = v128.load(x + quarter), c = v128.load(x + 2 * quarter), d = v128.load(x + 3 * quarter);
        const ac = f64x2.add(a, c), bd = f64x2.add(b, d), less = f64x2.sub(a, c);
        const aside = f64x2.mul(swapped(f64x2.sub(b, d)), f64x2(1, -1));
        v128.store(y, f64x2.add(ac, bd));
        v128.store(y + stride, rotated(f64x2.add(less, aside), twiddles + twiddle));
        v128.store(y + 2 * stride, rotated(f64x2.sub(ac, bd), twiddles + 2 * twiddle));
        v128.store(y + 3 * stride, rotated(f64x2.sub(less, aside), twiddles + 3 * twiddle));
      }
      y += 3 * stride;
      twiddle += stride << 2;
    }
    const done: usize = to;
    to = from;
    from = done;
    stride <<= 2;
  }
  if (rest == 1) return from;
  for (let i: usize = 0; i < stride; i += 16) {
    const a = v128.load(from + i), b = v128.load(from + stride + i);
    v128.store(to + i, f64x2.add(a, b));
    v128.store(to + stride + i, f64x2.sub(a, b));
  }
  return to;
}

// @ts-ignore: decorator
@inline
function swapped(x: v128): v128 {
  return v128.shuffle<i64>(x, x, 1, 0);
}

// The product of a complex number and e^-iφ, of which cos φ, cos φ, sin φ, -sin φ are given.
// @ts-ignore: decorator
@inline
function rotated(x: v128, twiddle: usize): v128 {
  return f64x2.add(f64x2.mul(x, v128.load(twiddle)), f64x2.mul(swapped(x), v128.load(twiddle, 16)));
}

// The sum of a and that of b.
// @ts-ignore: decorator
@inline
function sums(a: v128, b: v128): v128 {
  return f64x2.add(v128.shuffle<i64>(a, b, 0, 2), v128.shuffle<i64>(a, b, 1, 3));
}

// Natural logarithms of numbers of at least 1, within 1e-10: x = 2^e · m with m from √½ to √2, and
// ln m = 2 artanh((m - 1) / (m + 1)).
// @ts-ignore: decorator
@inline
function naturalLogs(x: v128): v128 {
  const above = i64x2.sub(x, i64x2.splat(0x3fe6a09e667f3bcd));
  const e = i64x2.shr_s(above, 52);
  const m = i64x2.sub(x, i64x2.shl(e, 52));
  // An integer in the lowest bits of 2^52 is that much more.
  const magic = f64x2.splat(4503599627370496);
  const exponent = f64x2.sub(v128.or(e, magic), magic);
  const one = f64x2.splat(1);
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const square = f64x2.mul(s, s);
  let sum = f64x2.add(f64x2.mul(square, f64x2.splat(2.0 / 11)), f64x2.splat(2.0 / 9));
  sum = f64x2.add(f64x2.mul(square, sum), f64x2.splat(2.0 / 7));
  sum = f64x2.add(f64x2.mul(square, sum), f64x2.splat(2.0 / 5));
  sum = f64x2.add(f64x2.mul(square, sum), f64x2.splat(2.0 / 3));
  sum = f64x2.add(f64x2.mul(square, sum), f64x2.splat(2));
  return f64x2.add(f64x2.mul(exponent, f64x2.splat(0.6931471805599453)), f64x2.mul(s, sum));
}
