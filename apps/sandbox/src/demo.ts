#!/usr/bin/env node
import { once } from 'node:events'
import { Command } from 'commander'
import { byHand } from './demo/by-hand.ts'
import { createJsonScreen } from './demo/json-screen.ts'
import { scenarios } from './demo/scenarios.ts'
import type { Screen } from './demo/screen.ts'
import { createStage } from './demo/stage.ts'
import { type Parts, startParts } from './demo/start-parts.ts'
import { createTableScreen } from './demo/table-screen.ts'

interface Flags {
  readonly once?: true
  readonly json?: true
}

/** What a shell makes of a program that was ended by a signal. */
const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

new Command('npm start --')
  .description('Services call admin APIs through the gateway, all of it on this machine.')
  .option('--once', 'end when everything has been shown; exit code 0 when all went as expected, else 1')
  .option('--json', 'print one JSON object per call, and nothing else on standard output')
  .action(run)
  .parseAsync()

async function run(flags: Flags): Promise<void> {
  const signalled = nextSignal()
  try {
    process.exitCode = await play(flags, signalled)
  } catch (error) {
    // Ctrl-C in a terminal reaches the parts as well; while they are being started that looks like a failure.
    const interrupted = await Promise.race([signalled, undefined])
    process.exitCode = interrupted ?? 1
    if (interrupted === undefined) process.stderr.write(`\n${messageOf(error)}\n`)
  }
}

/** Starts everything, walks through it, and stays until a signal. Whatever happens, the parts are ended. */
async function play(flags: Flags, signalled: Promise<number>): Promise<number> {
  await using parts = await startParts(scenarios)
  const { stdout, stderr } = process
  const screen = flags.json ? createJsonScreen(stdout, stderr) : createTableScreen(stdout)
  const walked = await Promise.race([walk(parts, screen), parts.died, signalled])
  if (typeof walked === 'number') return walked
  const { calls, wrong } = walked
  const failed = `${calls} calls, ${wrong} differences from what was expected`
  screen.note(wrong === 0 ? `${calls} calls, all as expected` : failed)
  if (!flags.once) {
    screen.page(await byHand(parts))
    await Promise.race([signalled, parts.died])
  }
  return wrong === 0 ? 0 : 1
}

async function walk({ sandbox, gateways }: Parts, screen: Screen): Promise<{ calls: number; wrong: number }> {
  const score = { calls: 0, wrong: 0 }
  function onCall(wrong: readonly string[]): void {
    score.calls += 1
    score.wrong += wrong.length
  }
  for (const gateway of gateways) {
    await gateway.scenario.walk(createStage({ gateway, sandbox, screen, onCall }))
  }
  return score
}

function nextSignal(): Promise<number> {
  const signals = Object.entries(signalCodes)
  return Promise.race(signals.map(([signal, code]) => once(process, signal).then(() => code)))
}

/** A call that failed says so itself; the stack of anything else would say nothing to who reads it. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
