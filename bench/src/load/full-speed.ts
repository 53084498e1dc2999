import { findOnPath } from '../machine/find-on-path.ts'
import { loadWithAutocannon } from './autocannon.ts'
import { advance, type LoadResult, type Traffic } from './traffic.ts'
import { loadWithWrk } from './wrk.ts'

const wrk = findOnPath('wrk')

/** What makes the load here. autocannon costs a core more than wrk does, and becomes the limit sooner. */
export const loadGenerator = wrk === undefined ? 'autocannon' : 'wrk'

/** Closed loop: each connection sends its next request when the last one was answered. */
export async function loadAtFullSpeed(port: number, traffic: Traffic, seconds: number): Promise<LoadResult> {
  const result = await (wrk === undefined
    ? loadWithAutocannon(port, traffic, seconds)
    : loadWithWrk(wrk, port, traffic, seconds))
  advance(traffic, result)
  return result
}
