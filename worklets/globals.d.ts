/** The part of AudioWorkletGlobalScope that we use; TypeScript's own libraries leave it out. */
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}

declare function registerProcessor(
  name: string,
  processor: new (options: {
    processorOptions: never;
  }) => AudioWorkletProcessor & { process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean },
): void;

/** Sample frames since the context began. */
declare const currentFrame: number;
/** Of the context, in hertz. */
declare const sampleRate: number;
