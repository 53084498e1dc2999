#!/usr/bin/env node
import { Command, Help, type Option } from 'commander'
import { auditCommand } from './cli/audit.ts'
import { checkCommand } from './cli/check.ts'
import { connectCommand } from './cli/connect.ts'
import { contractsCommand } from './cli/contracts.ts'
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
  $ countersign check examples/platform --policy-only
  $ countersign test examples/platform
  $ countersign explain examples/platform --service support POST /faable/session/s_1/revoke`,
  )
  .addCommand(serveCommand())
  .addCommand(checkCommand())
  .addCommand(explainCommand())
  .addCommand(testCommand())
  .addCommand(diffCommand())
  .addCommand(replayCommand())
  .addCommand(rightsizeCommand())
  .addCommand(contractsCommand())
  .addCommand(connectCommand())
  .addCommand(importCommand())
  .addCommand(auditCommand())

for (const command of everyCommand(program)) {
  // Wrong usage exits with 2, at every depth. One line: a page of help would push what is wrong out of sight.
  command
    .exitOverride(usageExit)
    .showHelpAfterError('Add --help to see how it is used.')
    .configureHelp({ optionDescription: describeOption })
}

await program.parseAsync()

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

/** As commander does, without "(default: false)" at every flag. */
function describeOption(this: Help, option: Option): string {
  return option.isBoolean() ? option.description : Help.prototype.optionDescription.call(this, option)
}
