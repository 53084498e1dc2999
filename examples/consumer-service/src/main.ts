import { createClient, kubernetesIdentity } from '@countersign/client'
import { createSeats } from './seats.ts'

const [accountId, userId] = process.argv.slice(2)
const gateway = process.env.COUNTERSIGN_URL
if (accountId === undefined || userId === undefined || gateway === undefined) {
  process.stderr.write('usage: COUNTERSIGN_URL=https://gateway.internal:8080 node src/main.ts ACCOUNT USER\n')
  process.exit(2)
}
const identity = kubernetesIdentity({ path: '/var/run/secrets/countersign/token' })
const seats = createSeats(createClient({ gateway, identity }))
console.log(JSON.stringify(await seats.give(accountId, userId)))
