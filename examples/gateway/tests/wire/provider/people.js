// People who sign in at the provider: whoever says a name is let in, in the groups they say.

const known = new Map();

// What the provider knows of somebody.
export async function findAccount(context, accountId) {
  return {
    accountId,
    claims: async () => ({
      sub: accountId,
      email: accountId.split('#')[0],
      name: `Person ${accountId.split('@')[0]}`,
      groups: known.get(accountId) ?? [],
    }),
  };
}

// Puts somebody into other groups, as an administrator does.
export function setGroups(form) {
  known.set(form.get('name'), form.get('groups').split(' ').filter(Boolean));
}

const page = `<!doctype html><title>Provider</title><form method="post">
<input name="name" autofocus> <input name="groups"> <button id="go">Sign in</button></form>`;

// The form, and what becomes of it.
export async function interact(provider, request, response, body) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'GET' && !details.session?.accountId) {
    response.setHeader('content-type', 'text/html');
    response.end(page);
    return;
  }
  let accountId = details.session?.accountId;
  if (request.method === 'POST') {
    const form = new URLSearchParams(await body(request));
    setGroups(form);
    accountId = form.get('name');
  }
  const grant = new provider.Grant({ accountId, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope);
  const grantId = await grant.save();
  const result = { login: { accountId }, consent: { grantId } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}
