import { EarshotError, type ErrorCode } from '../src/errors.js';

/** What to tell a person whom an error met. */
export interface Advice {
  title: string;
  /** What to do. */
  advice: string;
  /** For whoever helps: the code, or the message where there is none. */
  code: string;
}

type Text = readonly [title: string, advice: string];

const RELOAD = 'Reload the page. If it comes back, the installation is incomplete: install Earshot again.';
const CONVERT = 'Convert it to WAV, for instance with Audacity or ffmpeg, and try that.';

/** The errors that a page can meet. */
export const ADVICE: Partial<Record<ErrorCode, Text>> = {
  EARSHOT_BAD_ARGUMENT: [
    'Something was asked for that cannot be',
    'Is the token complete, and without spaces? Otherwise this is a mistake in the page. Please report it.',
  ],
  EARSHOT_INSECURE_CONTEXT: [
    'The browser keeps microphones from this address',
    'It allows them only at https:// or on this very computer: open http://localhost with the port that the server told.',
  ],
  EARSHOT_UNSUPPORTED: [
    'This browser cannot listen',
    'It lacks AudioWorklet or microphones. Use a current Chrome, Edge, Firefox or Safari.',
  ],
  EARSHOT_MICROPHONE_DENIED: [
    'The microphone was not allowed',
    'Allow it in the address bar (a lock, a slider or a microphone) or in the settings of the system, then start again. ' +
      'The recordings on this page need no permission.',
  ],
  EARSHOT_MICROPHONE_MISSING: [
    'There is no microphone',
    'Plug one in or choose another one from the list, then start again. The recordings on this page need none.',
  ],
  EARSHOT_MICROPHONE_LOST: [
    'The microphone has gone',
    'It was unplugged, or another program holds it. Plug it in, close the other program or choose another one, then ' +
      'start again.',
  ],
  EARSHOT_WORKLET_FAILED: ['The part that listens could not run', RELOAD],
  EARSHOT_MODEL_NOT_FOUND: [
    'The server does not give the model',
    `Is it still running, and is the model still where it was when the server was started? ${RELOAD}`,
  ],
  EARSHOT_MODEL_DAMAGED: ['The model arrived damaged', RELOAD],
  EARSHOT_MODEL_TOO_NEW: ['The model is newer than this page', 'Update Earshot and reload the page.'],
  EARSHOT_AUDIO_EMPTY: ['There is no sound in this file', 'Choose another recording.'],
  EARSHOT_AUDIO_DAMAGED: [
    'The browser cannot read this recording',
    `It is damaged, or no recording, or of a kind that this browser does not know. ${CONVERT}`,
  ],
  EARSHOT_AUDIO_RATE: ['The sample rate is out of range', 'Choose a microphone or recording with 8 to 192 kHz.'],
  EARSHOT_FILE_NOT_FOUND: ['The recording could not be fetched', `Is the server still running? ${RELOAD}`],
  EARSHOT_CONNECTION: [
    'The server cannot be reached',
    'Is one running at this address? It is started by npm start or earshot serve, and not by earshot page. Does it ' +
      'want a token, and is this the right one? Browsers do not tell.',
  ],
  EARSHOT_NOT_FOUND: [
    'The server does not listen at this address',
    'Listen in this page, or ask whoever runs the server.',
  ],
  EARSHOT_UNAUTHORISED: [
    'The server does not know the token',
    'Ask whoever runs the server for one that may send sound.',
  ],
  EARSHOT_FORBIDDEN: ['The token does not allow this', 'Ask whoever runs the server for one that may send sound.'],
  EARSHOT_SHUTDOWN: ['The server is going away', 'Start it again, or listen in this page.'],
  EARSHOT_CLIENT_BUFFER_FULL: [
    'The server does not keep up',
    'More sound waits for it than is kept. Is the network slow? Listening in this page needs none.',
  ],
  EARSHOT_SESSION_UNKNOWN: ['The connection was lost for too long', 'Start again.'],
  EARSHOT_ENDED: ['The stream has ended', 'Start again.'],
  EARSHOT_LIMIT: ['The server has too much to do', 'Try again later, or listen in this page.'],
  EARSHOT_IDLE: ['The server heard nothing for too long', 'Start again.'],
  EARSHOT_INTERNAL: ['The server made a mistake', 'Start again. If it comes back, please report it.'],
};

/** Any error in plain words. */
export function adviceFor(error: unknown): Advice {
  if (error instanceof EarshotError) {
    const [title, advice] = ADVICE[error.code] ?? [error.message, 'Reload the page and try again.'];
    return { title, advice, code: error.code };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { title: 'Something went wrong that nobody foresaw', advice: 'Reload the page and try again.', code: message };
}
