/** Where the worklet is looked for unless `ListenOptions.workletUrl` says otherwise: beside this library's own file. */
export const workletUrl: string = new URL('./spotter.worklet.js', import.meta.url).href;
