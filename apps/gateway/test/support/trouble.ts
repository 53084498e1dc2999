import {
  answersInstead,
  type ConnectionFault,
  cutsOffAfter,
  delays,
  drips,
  type FaultProxy,
  rawAnswer,
  resetsAfter,
  resetsAtOnce,
  swallows,
} from '@countersign/testkit'

/** Something that goes wrong on the way to a dependency. */
export type Trouble = (proxy: FaultProxy) => unknown

/** Longer than any bound of the gateway's that these troubles meet, in milliseconds. */
const beyondEveryBound = 30_000
/** Within the header section of any answer; within the body of one that has a long one. */
const [early, late] = [20, 400]

/** What can go wrong on the way to anything that is reached over HTTP. */
export const troubles = {
  'an answer that comes too late': done(delays(beyondEveryBound)),
  'a header section of a byte at a time': done(drips(500)),
  'a body of a byte at a time': done(drips(100, late)),
  'a reset at once': done(resetsAtOnce()),
  'a reset in place of an answer': done(resetsAfter(0)),
  'a reset within the header section': done(resetsAfter(early)),
  'a reset within the body': done(resetsAfter(late)),
  'half a header section': done(cutsOffAfter(early)),
  'half a body': done(cutsOffAfter(late)),
  'silence of who takes the request': done(swallows()),
  'silence of who takes no connection': (proxy) => proxy.ignore(),
  'a refused connection': (proxy) => proxy.refuse(),
  'bytes that are no HTTP': done(answersInstead('no HTTP at all\r\n\r\n')),
  'a web page': done(answersInstead(closing(rawAnswer(200, '<p>Sorry', { 'Content-Type': 'text/html' })))),
  'status 500': done(answersInstead(closing(rawAnswer(500, 'out of order')))),
} as const satisfies Record<string, Trouble>

/** Name of a trouble. */
export type TroubleName = keyof typeof troubles

/** Everything is well again. */
export async function endTrouble(proxy: FaultProxy): Promise<void> {
  proxy.recover()
  await proxy.listen()
}

function done(fault: ConnectionFault): Trouble {
  return (proxy) => proxy.always(fault)
}

function closing(answer: string): string {
  return answer.replace('\r\n', '\r\nConnection: close\r\n')
}
