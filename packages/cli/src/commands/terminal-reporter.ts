import type { InstallReporter } from '@flatbit/backends/native';
import { warn } from './print.js';

/** Shows on stderr how an installation goes on: in place on a terminal, a line for each quarter elsewhere. */
export function terminalReporter(): InstallReporter {
  const { stderr } = process;
  let shown = 0;
  const finish = () => {
    if (stderr.isTTY && shown > 0) stderr.write('\n');
    shown = 0;
  };
  return {
    step: (text) => {
      finish();
      stderr.write(`${text}\n`);
    },
    progress: (share) => {
      const percent = Math.floor(share * 100);
      if (percent < shown + (stderr.isTTY ? 1 : 25)) return;
      shown = percent;
      stderr.write(stderr.isTTY ? `\r  ${percent} %` : `  ${percent} %\n`);
    },
    warn: (text) => {
      finish();
      warn(text);
    },
  };
}
