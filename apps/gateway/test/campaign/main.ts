import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCampaign } from './run-campaign.ts'

// `npm run campaign`: CAMPAIGN_CASES (default a million), CAMPAIGN_SEED (default another each time), CAMPAIGN_FROM
// (number of the first case: with the seed and CAMPAIGN_CASES=1, one case again).
const cases = Number(process.env.CAMPAIGN_CASES ?? 1_000_000)
const seed = Number(process.env.CAMPAIGN_SEED ?? randomInt(2 ** 31))
const from = Number(process.env.CAMPAIGN_FROM ?? 0)
const startedAt = performance.now()
const mostGrown = 50 * 1024 * 1024

process.stdout.write(`seed ${seed}, ${cases} cases from ${from}\n`)
const report = await runCampaign({
  seed,
  cases,
  from,
  onProgress(done, heldBytes) {
    if (done % 10_000 !== 0 && done !== cases) return
    const perSecond = Math.round((done * 1000) / (performance.now() - startedAt))
    process.stdout.write(`${done} cases, ${perSecond}/s, ${Math.round(heldBytes / 2 ** 20)} MiB held\n`)
  },
})
process.stdout.write(
  `answers ${JSON.stringify(report.statuses)}, ${report.upstreamRequests} requests upstream\n`,
)
const { violation, grown } = report
if (violation) {
  process.stdout.write(`VIOLATION\n${violation.wrong.slice(0, 20).join('\n')}\n`)
  const again = violation.at === undefined ? from + report.done - 500 : violation.at
  const size = violation.at === undefined ? 500 : 1
  process.stdout.write(
    `again: CAMPAIGN_SEED=${seed} CAMPAIGN_FROM=${again} CAMPAIGN_CASES=${size} npm run campaign\n`,
  )
  const file = join(tmpdir(), `campaign-${seed}-${again}.bytes`)
  writeFileSync(file, violation.text, 'latin1')
  process.stdout.write(
    `bytes, with placeholders for credentials: ${file}\n${JSON.stringify(violation.text.slice(0, 2000))}\n`,
  )
}
if (grown > mostGrown) process.stdout.write(`VIOLATION\nthe process grew by ${grown} bytes\n`)
process.exitCode = violation || grown > mostGrown ? 1 : 0
