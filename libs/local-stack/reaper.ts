import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/**
 * Sees to it that nothing outlives this process, not even when it is killed: a small process of its own waits until its
 * input closes, which the system does for whoever dies, and then ends everything the folder has a pid file of.
 * @param remove whether the folder goes too: for the folders of tests
 */
export const startReaper = (folder: string, remove: boolean): { finish(): Promise<void> } => {
  const args = ['dist/libs/local-stack/reaper-main.js', resolve(folder), ...(remove ? ['remove'] : [])];
  const reaper = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  const ended = new Promise<void>((done) => reaper.once('exit', () => done()));
  reaper.unref();
  return {
    finish: async () => {
      reaper.ref(); // else the process could end here, before what comes after
      reaper.stdin.end();
      await ended;
    },
  };
};
