import { seen } from '../machine/upstream.ts'
import { fieldsOf, type Traffic } from './traffic.ts'

/**
 * Judges what a subject sends upstream: the gateway a token that it has minted, a proxy what it was given. A
 * gateway that swaps nothing would be fast as well.
 *
 * @throws {Error} when the upstream saw another credential
 */
export async function assertCredential(
  port: number,
  { requests }: Traffic,
  expected: 'minted' | 'inbound',
): Promise<void> {
  const [first] = requests
  if (first === undefined) throw new Error('a traffic without requests')
  const answer = await fetch(`http://127.0.0.1:${port}${seen}`, { headers: fieldsOf(first) })
  const text = await answer.text()
  if (answer.status === 200 && text === JSON.stringify({ credential: expected })) return
  throw new Error(
    `the upstream should see ${expected === 'minted' ? 'a minted' : "the caller's"} token: ${text}`,
  )
}
