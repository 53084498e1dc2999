import { parsePact } from '@countersign/gateway/src/contracts/pact-document.ts'
import { pacts } from '../support/places.ts'
import { readPacts } from '../support/read-pacts.ts'
import { findGaps } from './find-gaps.ts'
import { notInContract } from './not-in-contract.ts'
import { ownRoutes } from './own-routes.ts'
import { touchedBy } from './touched-by.ts'

// Lists what is public and in no contract. Exit code 1: somebody has to write a contract, or say why there is none;
// for the vendor's side of what callers of the gateway rely on, there is no such reason.
const documents = readPacts(pacts).map(({ text }) => parsePact(text))
const { all, excepted, unexplained, stale, withoutVendor } = findGaps(
  ownRoutes(),
  touchedBy(documents),
  notInContract,
)
for (const [why, names] of Map.groupBy(excepted.keys(), (name) => excepted.get(name)))
  process.stdout.write(`no contract, since ${why}:\n${names.map((name) => `  ${name}\n`).join('')}`)
for (const name of unexplained)
  process.stderr.write(
    `✗ ${name}: no contract touches it, and contracts/surface/not-in-contract.ts does not say why\n`,
  )
for (const name of stale)
  process.stderr.write(
    `✗ ${name}: in contracts/surface/not-in-contract.ts, but a contract touches it, or it is gone\n`,
  )
for (const name of withoutVendor)
  process.stderr.write(`✗ ${name}: a contract with the gateway has it, and none with its vendor\n`)
const touched = all - excepted.size - unexplained.length
process.stdout.write(`${touched} of ${all} routes, operations and fault codes are in a contract\n`)
process.exitCode = unexplained.length + stale.length + withoutVendor.length === 0 ? 0 : 1
