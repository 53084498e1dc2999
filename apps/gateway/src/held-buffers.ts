import { setFlagsFromString } from 'node:v8'

const flag = '--external-memory-accounted-in-global-limit'
/** The V8 from which on this is how memory is counted, and no flag any more: it would complain of it. */
const firstWithout = { major: 14, minor: 8 }

/**
 * Has the garbage collector count the bytes that buffers hold, as a part of the heap. V8 otherwise counts all that were
 * ever allocated in buffers since it last went through the whole heap, and does so again for every 64 MB of them, dead
 * as they are: two times for each 100 MB of a body. See docs/adr/0007-the-collector-counts-what-buffers-hold.md.
 *
 * @param version of V8, as in `14.6.202`
 */
export function countHeldBuffers(version: string = process.versions.v8, set = setFlagsFromString): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isDefault =
    major > firstWithout.major || (major === firstWithout.major && minor >= firstWithout.minor)
  if (!isDefault) set(flag)
}
