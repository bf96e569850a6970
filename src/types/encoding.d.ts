/** Text codecs, for the core, which is compiled without the types of Node and of the DOM (both declare these). */
declare class TextDecoder {
  constructor(encoding: 'utf-8', options?: { fatal?: boolean });
  decode(bytes: Uint8Array): string;
}

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
