import { startProcess } from '@countersign/testkit'
import { onCore } from '../machine/cores.ts'
import { anyPort, gatewayMain } from '../subjects/countersign.ts'
import { writeConfiguration } from '../subjects/gateway-configuration.ts'
import type { Contender, Scenario } from './scenario.ts'

const starts = 3

/** From nothing to listening, against a Node that does nothing at all. */
export const coldStart: Scenario = {
  name: 'cold-start',
  title: 'Cold start: from spawn to listening',
  contenders: [
    contender('node -e 0', () => runNothing),
    contender('countersign', (stage) => {
      const args = [gatewayMain, 'serve', writeConfiguration(stage), ...anyPort]
      return () => runUntilListening(args)
    }),
  ],
}

function contender(
  label: string,
  prepare: (stage: Parameters<Contender['prepare']>[0]) => () => Promise<void>,
): Contender {
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
          for (let n = 0; n < starts; n += 1) {
            const start = performance.now()
            await run()
            times.push(performance.now() - start)
          }
          // The others had to wait for somebody.
          return { ms: Math.min(...times) }
        },
        async [Symbol.asyncDispose]() {},
      }
    },
  }
}

async function runNothing(): Promise<void> {
  const running = await startProcess(...onCore('subject', process.execPath, ['-e', '0']))
  await running.exited
}

async function runUntilListening(args: readonly string[]): Promise<void> {
  const command = onCore('subject', process.execPath, args)
  const running = await startProcess(...command, { ready: /"msg":"listening"/ })
  // Ending it belongs to no start, but takes a few milliseconds only.
  await running.close()
}
