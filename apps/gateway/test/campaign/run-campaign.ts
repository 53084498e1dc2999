import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { openStage, type Stage } from '../support/stage.ts'
import { type CampaignTokens, createCampaignTokens } from './campaign-tokens.ts'
import { type Case, generateCase } from './generate-case.ts'
import { judgeBatch } from './judge-batch.ts'
import { Lane, type Outcome } from './lane.ts'
import { shrinkCase } from './shrink-case.ts'
import { moodyAnswers } from './upstream-answers.ts'

/** What a campaign is. */
export interface CampaignOptions {
  readonly seed: number
  readonly cases: number
  /** Number of the first case. Default 0. */
  readonly from?: number
  readonly onProgress?: (done: number, heldBytes: number) => void
}

/** How it went. */
export interface CampaignReport {
  readonly done: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  readonly upstreamRequests: number
  /** By how much more the gateway held in its last fifth than in its second one at the least, in bytes. */
  readonly grown: number
  /** What broke first; `undefined` when everything held. */
  readonly violation: Violation | undefined
}

/** A case after which a check does not hold, made as small as it gets. */
export interface Violation {
  readonly wrong: readonly string[]
  readonly at: number | undefined
  /** A byte for each character, credentials as placeholders. */
  readonly text: string
}

const batchSize = 500
const lanes = 24

/** Runs generated cases against one gateway process, and checks after each batch what must hold whatever came. */
export async function runCampaign({
  seed,
  cases,
  from = 0,
  onProgress,
}: CampaignOptions): Promise<CampaignReport> {
  await using stage = await openStage()
  stage.first.answerWith(moodyAnswers())
  const campaign = await createCampaign(stage)
  const statuses: Record<string, number> = {}
  let upstreamRequests = 0
  const held: number[] = []
  for (let done = 0; done < cases; ) {
    const size = Math.min(batchSize, cases - done)
    const batch = Array.from({ length: size }, (_, at) => generateCase(seed, from + done + at))
    const { outcomes, wrong, requests } = await campaign.run(batch)
    done += size
    upstreamRequests += requests
    for (const { responses } of outcomes)
      for (const { status } of responses) statuses[status] = (statuses[status] ?? 0) + 1
    held.push(campaign.heldBytes())
    onProgress?.(done, held.at(-1) ?? 0)
    if (wrong.length > 0) {
      const violation = await shrinkCase(batch, wrong)
      return { done, statuses, upstreamRequests, grown: grownOf(held), violation }
    }
  }
  return { done: cases, statuses, upstreamRequests, grown: grownOf(held), violation: undefined }
}

/** The lowest of each time: what is garbage comes and goes. */
function grownOf(held: readonly number[]): number {
  const fifth = Math.max(1, Math.floor(held.length / 5))
  return Math.min(...held.slice(-fifth)) - Math.min(...held.slice(fifth, 2 * fifth))
}

/** A stage that cases are run on. */
export interface Campaign {
  /** Runs cases side by side; `wrong` is what does not hold after them. */
  run(
    batch: readonly Case[],
  ): Promise<{ outcomes: readonly Outcome[]; wrong: readonly string[]; requests: number }>
  /** What the gateway held in memory when the last batch ended. */
  heldBytes(): number
}

/** Makes a campaign's credentials and connections. */
export async function createCampaign(stage: Stage): Promise<Campaign> {
  const tokens: CampaignTokens = await createCampaignTokens(stage.issuer)
  await stage.caller.send(tokens.fill(probe))
  let metrics = await stage.metrics()
  truncateSync(join(stage.folder, 'audit.jsonl'))
  stage.second.forget()

  return {
    async run(batch) {
      const queue = [...batch]
      const outcomes: Outcome[] = []
      async function work(): Promise<void> {
        const lane = new Lane(stage.port, tokens.fill)
        for (let next = queue.shift(); next; next = queue.shift()) outcomes.push(await lane.run(next))
        lane.close()
      }
      const crashed = stage.gateway.exited.then((code) =>
        Promise.reject(new Error(`the gateway ended (${code})`)),
      )
      try {
        await Promise.race([crashed, Promise.all(Array.from({ length: lanes }, work))])
        const good = await stage.caller.send(tokens.fill(probe))
        const before = metrics
        metrics = await stage.metrics()
        const requests = stage.first.requests.length + stage.second.requests.length
        const answered = { ...noCase, responses: good.responses, bytes: good.bytes }
        const wrong = judgeBatch({
          stage,
          outcomes: [...outcomes, answered],
          credentials: tokens.parts,
          before,
          after: metrics,
        })
        if (good.responses[0]?.status !== 200) wrong.push('a good request is not answered any more')
        return { outcomes, wrong, requests }
      } catch (error) {
        return { outcomes, wrong: [`${error}\n${stage.gateway.stderr().slice(-2000)}`], requests: 0 }
      }
    },
    heldBytes: () =>
      ['heap_size_used', 'external_memory'].reduce(
        (sum, name) => sum + Number(new RegExp(`^nodejs_${name}_bytes (\\S+)`, 'm').exec(metrics)?.[1]),
        0,
      ),
  }
}

const probe = 'GET /u2/public/probe HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer $K\r\n\r\n'
const noCase: Outcome = {
  sent: { seed: 0, at: -1, text: '', methods: ['GET'], framed: true, hopeless: false },
  responses: [],
  bytes: Buffer.alloc(0),
  wrong: [],
  hungUp: false,
}
