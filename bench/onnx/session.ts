import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-node';

/** What onnxruntime-node (native code) and onnxruntime-web (WebAssembly SIMD) have in common. */
export interface Runtime {
  /** For example "onnxruntime-node 1.30.0". */
  readonly name: string;
  readonly Tensor: TensorConstructor;
  /** A session on one thread, all graph optimisations on. */
  open(model: Uint8Array): Promise<InferenceSession>;
}

export type RuntimeName = 'node' | 'web';

/** Loads one of the two runtimes. In a Node process `web` runs the same WebAssembly as in a browser. */
export async function loadRuntime(name: RuntimeName = 'node'): Promise<Runtime> {
  return name === 'node' ? nativeRuntime() : webRuntime();
}

const ONE_THREAD: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
};

async function nativeRuntime(): Promise<Runtime> {
  const ort = await import('onnxruntime-node');
  return {
    name: `onnxruntime-node ${ort.env.versions.node}`,
    Tensor: ort.Tensor,
    // Without the memory arena a step of the starter network is about 3 % faster.
    open: (model) =>
      ort.InferenceSession.create(model, { ...ONE_THREAD, executionProviders: ['cpu'], enableCpuMemArena: false }),
  };
}

async function webRuntime(): Promise<Runtime> {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = 1;
  return {
    name: `onnxruntime-web ${ort.env.versions.web}`,
    Tensor: ort.Tensor,
    open: (model) => ort.InferenceSession.create(model, { ...ONE_THREAD, executionProviders: ['wasm'] }),
  };
}

/** A float32 tensor's values. */
export const floats = (tensor: Tensor): Float32Array => tensor.data as Float32Array;
