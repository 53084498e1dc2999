#!/usr/bin/env node
import { Command } from 'commander'
import { checkCommand } from './cli/check.ts'
import { serveCommand } from './cli/serve.ts'
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

for (const command of [program, ...program.commands]) command.exitOverride(usageExit).showHelpAfterError()

await program.parseAsync()
