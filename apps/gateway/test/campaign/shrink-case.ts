import { openStage, type Stage } from '../support/stage.ts'
import type { Case } from './generate-case.ts'
import { type Campaign, createCampaign, type Violation } from './run-campaign.ts'
import { moodyAnswers } from './upstream-answers.ts'

/** Attempts at making a case smaller. */
const mostAttempts = 200

/**
 * Finds the case of a batch after which a check does not hold, on gateways of its own, and leaves out of it what
 * is not needed for that.
 *
 * @param wrong what did not hold after the whole batch; told when no case of it does it alone
 */
export async function shrinkCase(batch: readonly Case[], wrong: readonly string[]): Promise<Violation> {
  for (const suspect of batch) {
    const alone = await wrongAfter(suspect)
    if (alone.length === 0) continue
    const text = await smallest(suspect)
    return { wrong: alone, at: suspect.at, text }
  }
  await dispose()
  return { wrong, at: undefined, text: '' }
}

interface Opened {
  readonly stage: Stage
  readonly campaign: Campaign
}

let current: Opened | undefined

async function wrongAfter(suspect: Case): Promise<readonly string[]> {
  current ??= await openNew()
  const { wrong } = await current.campaign.run([suspect])
  // What is wrong once may be wrong from then on.
  if (wrong.length > 0) await dispose()
  return wrong
}

async function openNew(): Promise<Opened> {
  const stage = await openStage()
  stage.first.answerWith(moodyAnswers())
  return { stage, campaign: await createCampaign(stage) }
}

async function dispose(): Promise<void> {
  await current?.stage[Symbol.asyncDispose]()
  current = undefined
}

async function smallest(suspect: Case): Promise<string> {
  let text = suspect.text
  let attempts = 0
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < text.length && attempts < mostAttempts; ) {
      attempts += 1
      const shorter = text.slice(0, at) + text.slice(at + size)
      // Anything may have become of it: it is sent on a connection of its own and waited for.
      const wrong = await wrongAfter({ ...suspect, text: shorter, framed: false })
      if (wrong.length > 0) text = shorter
      else at += size
    }
  }
  await dispose()
  return text
}
