/**
 * Loads oidc-provider without its one warning that is known to be harmless here: it calls every Node that
 * is not marked as long-term support an unsupported runtime, and the pinned one is not marked so.
 * Everything else it has to say is printed.
 */
export async function loadProvider(): Promise<typeof import('oidc-provider')> {
  const { warn } = console
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('Unsupported runtime')) warn(...words)
  }
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
