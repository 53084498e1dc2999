/** The provider's page: who asks for what, and two buttons. It is plain HTML that works without a script. */
export function consentPage({
  serviceType,
  scopes,
  state,
}: {
  readonly serviceType: string
  readonly scopes: readonly string[]
  readonly state: string
}): string {
  const items = scopes.map((scope) => `<li>${escaped(scope)}</li>`).join('')
  const button = (decision: string, label: string) =>
    `<button name="decision" value="${decision}">${label}</button>`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Consent</title>
<h1>${escaped(serviceType)} asks the administrator</h1>
<p>An application wants to act for the whole organization:</p>
<ul>${items || '<li>nothing in particular</li>'}</ul>
<form method="post" action="/sandbox/provider">
<input type="hidden" name="state" value="${escaped(state)}">
${button('grant', 'Allow')} ${button('deny', 'Deny')}
</form>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
