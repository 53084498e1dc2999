import { setFlagsFromString } from 'node:v8'

/** The V8 from which on buffers are counted in any case, and the flag is none any more: it would complain of it. */
const firstThatCounts = { major: 14, minor: 8 }

/**
 * Sets up V8's garbage collector for a process that serves, with pauses, for as long as it lives.
 *
 * - Bytes that buffers hold count as a part of the heap. Otherwise V8 counts all that were ever allocated, and goes through
 *   the whole heap for every 64 MB of them. See docs/adr/0007-the-collector-counts-what-buffers-hold.md.
 * - The heap is not made small while little happens: what compiled code depends on goes with it. See
 *   docs/adr/0010-a-pause-costs-no-compiled-code.md.
 *
 * @param version of V8, as in `14.6.202`
 */
export function setUpCollector(version: string = process.versions.v8, set = setFlagsFromString): void {
  set('--memory-reducer-gc-count=0')
  if (!countsBuffers(version)) set('--external-memory-accounted-in-global-limit')
}

function countsBuffers(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > firstThatCounts.major || (major === firstThatCounts.major && minor >= firstThatCounts.minor)
}
