import { expect, it } from 'vitest'
import { runCampaign } from './run-campaign.ts'

// The same every time: a change that breaks a check breaks it for everyone. `npm run campaign` takes other seeds.
it('ten thousand generated requests: nothing leaks, nothing crashes, nothing hangs, nothing grows', async () => {
  const { violation, grown, statuses, upstreamRequests } = await runCampaign({ seed: 7, cases: 10_000 })
  expect(violation).toBeUndefined()
  expect(grown).toBeLessThan(50 * 1024 * 1024)
  // It must be a fair mixture, or it proves nothing.
  expect(upstreamRequests).toBeGreaterThan(1000)
  for (const status of [200, 400, 401, 403, 404, 405, 502])
    expect(statuses[status] ?? 0, `${status}`).toBeGreaterThan(20)
})
