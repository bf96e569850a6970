import { chmodSync } from 'node:fs';

// tsc writes plain files; npm links this one as a command. (npm sets the mode itself when it installs a package, but not
// after a later build.)
chmodSync('dist/cli/main.js', 0o755);
