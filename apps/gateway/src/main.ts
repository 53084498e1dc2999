#!/usr/bin/env node
import { Command } from 'commander'
import { auditCommand } from './cli/audit.ts'
import { checkCommand } from './cli/check.ts'
import { connectCommand } from './cli/connect.ts'
import { diffCommand } from './cli/diff.ts'
import { explainCommand } from './cli/explain.ts'
import { importCommand } from './cli/import.ts'
import { replayCommand } from './cli/replay.ts'
import { rightsizeCommand } from './cli/rightsize.ts'
import { serveCommand } from './cli/serve.ts'
import { testCommand } from './cli/test.ts'
import { usageExit } from './cli/usage-exit.ts'

const program = new Command('countersign')
  .description('The gateway that calls admin APIs with the right token, so that no service has to hold one.')
  .version('0.1.0')
  .addHelpText(
    'after',
    `
Exit codes: 0 fine, 1 a finding, 2 wrong usage.

Begin with:
  $ countersign check examples/inbox-manager
  $ countersign serve examples/inbox-manager`,
  )
  .addCommand(serveCommand())
  .addCommand(checkCommand())
  .addCommand(explainCommand())
  .addCommand(testCommand())
  .addCommand(diffCommand())
  .addCommand(replayCommand())
  .addCommand(rightsizeCommand())
  .addCommand(connectCommand())
  .addCommand(importCommand())
  .addCommand(auditCommand())

refuseMisuse(program)

await program.parseAsync()

/** Wrong usage exits with 2, at every depth, and shows the help of the command that was meant. */
function refuseMisuse(command: Command): void {
  command.exitOverride(usageExit).showHelpAfterError()
  for (const subcommand of command.commands) refuseMisuse(subcommand)
}
