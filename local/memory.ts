import { readFileSync } from 'node:fs';

/** Watches what this process (worker threads included) and others of ours weigh together. */
export interface MemoryWatch {
  /** The largest sum seen, MiB. */
  peakMb(): number;
  currentMb(): number;
  stop(): void;
}

const EVERY_MS = 500;

/** Starts to watch. @param pids of the other processes, asked each time */
export function watchMemory(pids: () => readonly (number | undefined)[]): MemoryWatch {
  let peak = 0;
  const measure = (): number => {
    let total = process.memoryUsage.rss();
    for (const pid of pids()) if (pid !== undefined) total += residentBytes(pid);
    peak = Math.max(peak, total);
    return total;
  };
  const timer = setInterval(measure, EVERY_MS).unref();
  const mb = (bytes: number) => Math.round(bytes / 1024 / 1024);
  return {
    peakMb: () => {
      measure();
      return mb(peak);
    },
    currentMb: () => mb(measure()),
    stop: () => clearInterval(timer),
  };
}

/** Resident memory of another process; 0 where the system does not tell in /proc. */
function residentBytes(pid: number): number {
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match === null ? 0 : Number(match[1]) * 1024;
  } catch {
    return 0;
  }
}
