// A certified OpenID Connect provider for the tests, on loopback, with data in memory.
//
//   node provider.js PORT KEY...     KEY: the id of a signing key and its algorithm, such as one:RS256
//
// Programs get tokens by the grant `client_credentials`: the client's name is the user, its scope the groups. Keys are
// exchanged by `POST /test/keys` with ids as above, as a provider does when it rotates them.

import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

const [port, ...keys] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const audience = 'mlflow';
const groups = ['mlflow', 'mlflow-admin', 'scientists'];
const programs = ['system:serviceaccount:ml:trainer', 'system:serviceaccount:other:trainer'];
const people = ['alice@example.com', 'Bob@Example.com', 'stranger@example.com', ...programs];

async function generate(text) {
  const [kid, alg] = text.split(':');
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
}

function client(name) {
  return {
    client_id: name,
    client_secret: `secret of ${name}`,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_post',
  };
}

async function provider(texts) {
  const signing = await Promise.all(texts.map(generate));
  const [{ alg }] = signing;
  return new Provider(issuer, {
    clients: people.map(client),
    clientDefaults: { id_token_signed_response_alg: alg },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA', 'PS256'] },
    extraTokenClaims: (context, token) => ({ email: token.clientId, groups: (token.scope ?? '').split(' ').filter(Boolean) }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:mlflow',
        getResourceServerInfo: () => ({
          scope: groups.join(' '),
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg } },
        }),
      },
    },
    jwks: { keys: signing },
    scopes: groups,
  });
}

let current = await provider(keys);
let asked = 0;

async function answer(request, response) {
  if (request.url === '/test/keys' && request.method === 'POST') {
    let text = '';
    for await (const part of request) text += part;
    current = await provider(text.split(' '));
    response.end('done');
  } else if (request.url === '/test/asked') {
    response.end(String(asked));
  } else {
    if (request.url === '/jwks') asked += 1;
    current.callback()(request, response);
  }
}

createServer(answer).listen(Number(port), '127.0.0.1', () => console.log(`provider at ${issuer}`));
