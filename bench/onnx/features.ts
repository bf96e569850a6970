import Meyda from 'meyda';

/** The settings of Meyda and the one function that matter here; its own types miss that the module is the object. */
interface MeydaCopy {
  bufferSize: number;
  sampleRate: number;
  melBands: number;
  numberOfMFCCCoefficients: number;
  windowingFunction: string;
  extract(feature: 'mfcc', signal: Float32Array): number[] | null;
}

/** 16-bit units: what ln(1 + E) in Meyda's MFCC needs to be a logarithm. */
const INPUT_GAIN = 32768;

/** Turns 256 samples in [-1, 1] at 8 kHz into 20 MFCCs, written to `out`. */
export type Features = (samples: Float32Array, out: Float32Array) => void;

/**
 * The starter model's MFCCs as a user of Meyda gets them. Meyda keeps one global configuration and builds its mel bank
 * and window once, so this is a private copy of it.
 */
export function meydaFeatures(): Features {
  const meyda = Object.assign({}, Meyda as unknown as MeydaCopy, {
    bufferSize: 256,
    sampleRate: 8000,
    melBands: 40,
    numberOfMFCCCoefficients: 20,
    windowingFunction: 'hanning',
  });
  const scaled = new Float32Array(meyda.bufferSize);
  return (samples, out) => {
    for (let i = 0; i < scaled.length; i++) scaled[i] = samples[i] * INPUT_GAIN;
    const mfcc = meyda.extract('mfcc', scaled);
    if (!mfcc) throw new Error(`Expected \`samples\` to be ${scaled.length} long, got ${samples.length}`);
    out.set(mfcc);
  };
}
