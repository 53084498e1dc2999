// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { z } from 'zod'
import { filePath, nameKey, secretPattern, secretText, text } from './text.ts'

/** `gateway.store:` */
export const storeSchema = z
  .strictObject({
    file: filePath().meta({
      description: 'Where it is kept, encrypted. Created when it is not there.',
      examples: ['/var/lib/countersign/accounts.json'],
    }),
    keys: z
      .record(
        nameKey('a key'),
        secretText().meta({
          description:
            '32 random bytes in Base64, as `openssl rand -base64 32` prints them; only as a reference.',
          pattern: secretPattern,
        }),
      )
      .meta({ description: 'Keys by id. What was written with any of them can be read.' }),
    active: text().meta({
      description: 'Id of the key that is written with; what another key has written is written anew.',
      examples: ['2026-11'],
    }),
  })
  .meta({ description: 'Where tokens of consented accounts are kept over a restart.' })
