import { listen } from '../listener.ts'

/** A loopback port that was free a moment ago, for an address that has to be known before the start. */
export async function freePort(): Promise<number> {
  const { origin, close } = await listen(0, () => () => undefined)
  await close()
  return Number(new URL(origin).port)
}
