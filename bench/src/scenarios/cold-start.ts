import { startProcess } from '@countersign/testkit'
import { onCore } from '../machine/cores.ts'
import type { Stage } from '../stage.ts'
import { anyPort } from '../subjects/countersign.ts'
import { writeConfiguration } from '../subjects/gateway-configuration.ts'
import { shippedGateway } from '../subjects/shipped.ts'
import type { Contender, Scenario } from './scenario.ts'

const starts = 3

/**
 * From spawn to listening of the gateway as it is shipped, against a Node that does nothing at all. Neither is the first
 * start on its machine: files are in memory, and what was compiled is on disk.
 */
export const coldStart: Scenario = {
  name: 'cold-start',
  title: 'Cold start: from spawn to listening',
  contenders: [
    contender('node -e 0', () => runNothing),
    contender('countersign', (stage) => {
      const args = [shippedGateway(stage), 'serve', writeConfiguration(stage), ...anyPort]
      return () => runUntilListening(args)
    }),
  ],
}

/** Starts once, and says after how many milliseconds it was ready. */
type Start = () => Promise<number>

function contender(label: string, prepare: (stage: Stage) => Start): Contender {
  return {
    label,
    subject: 'countersign',
    unavailable: () => undefined,
    async prepare(stage) {
      const run = prepare(stage)
      await run()
      return {
        async sample() {
          const times: number[] = []
          for (let n = 0; n < starts; n += 1) times.push(await run())
          // The others had to wait for somebody.
          return { ms: Math.min(...times) }
        },
        async [Symbol.asyncDispose]() {},
      }
    },
  }
}

async function runNothing(): Promise<number> {
  const start = performance.now()
  await using running = await startProcess(...onCore('subject', process.execPath, ['-e', '0']))
  await running.exited
  return performance.now() - start
}

async function runUntilListening(args: readonly string[]): Promise<number> {
  const command = onCore('subject', process.execPath, args)
  const start = performance.now()
  await using running = await startProcess(...command, { ready: /"msg":"listening"/ })
  const ms = performance.now() - start
  // In its own time: what it has compiled is kept on disk when it ends.
  await running.stop()
  return ms
}
