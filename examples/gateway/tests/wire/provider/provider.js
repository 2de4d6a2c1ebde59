// A certified OpenID Connect provider for the tests, on loopback, with data in memory.
//
//   node provider.js PORT KEY...     KEY: the id of a signing key and its algorithm, such as one:RS256
//
// Programs get tokens by the grant `client_credentials`: the client's name is the user, its scope the groups. People sign
// in at the client `browser`, whose addresses are in REDIRECT_URIS, with any name and groups that they type
// (people.js). Keys are exchanged by `POST /test/keys` with ids as above, as a provider does when it rotates them.

import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { findAccount, interact, setGroups } from './people.js';

const [port, ...keys] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const audience = 'mlflow';
const groups = ['mlflow', 'mlflow-admin', 'scientists'];
const programs = ['system:serviceaccount:ml:trainer', 'system:serviceaccount:other:trainer'];
const people = ['alice@example.com', 'Bob@Example.com', 'stranger@example.com', ...programs];
const addresses = (process.env.REDIRECT_URIS ?? '').split(' ').filter(Boolean);
const seconds = Number(process.env.ACCESS_TOKEN_SECONDS ?? 600);

async function generate(text) {
  const [kid, alg] = text.split(':');
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
}

function program(name) {
  return {
    client_id: name,
    client_secret: `secret of ${name}`,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_post',
  };
}

const browser = {
  client_id: 'browser',
  client_secret: 'secret of browser',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: addresses,
  post_logout_redirect_uris: addresses.map((address) => new URL('/logout', address).href),
};

async function provider(texts) {
  const signing = await Promise.all(texts.map(generate));
  const [{ alg }] = signing;
  return new Provider(issuer, {
    claims: { openid: ['sub'], email: ['email'], profile: ['name'], groups: ['groups'] },
    clients: [...people.map(program), ...(addresses.length ? [browser] : [])],
    clientDefaults: { id_token_signed_response_alg: alg },
    conformIdTokenClaims: false,
    cookies: { keys: ['only for tests'] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA', 'PS256'] },
    extraTokenClaims: (context, token) => ({ email: token.clientId, groups: (token.scope ?? '').split(' ').filter(Boolean) }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (context, client) => (client.clientId === 'browser' ? undefined : 'urn:mlflow'),
        getResourceServerInfo: () => ({
          scope: groups.join(' '),
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg } },
        }),
      },
    },
    findAccount,
    interactions: { url: (context, interaction) => `/people/${interaction.uid}` },
    issueRefreshToken: async (context, client) => client.grantTypeAllowed('refresh_token'),
    jwks: { keys: signing },
    rotateRefreshToken: true,
    scopes: ['openid', 'offline_access', 'groups', ...groups],
    ttl: { AccessToken: seconds, IdToken: 600, Session: 3600, Grant: 3600, Interaction: 600, RefreshToken: 3600 },
  });
}

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

let current = await provider(keys);
const asked = { '/jwks': 0, '/token': 0 };

async function answer(request, response) {
  if (request.url === '/test/keys' && request.method === 'POST') {
    current = await provider((await body(request)).split(' '));
    response.end('done');
  } else if (request.url === '/test/groups' && request.method === 'POST') {
    setGroups(new URLSearchParams(await body(request)));
    response.end('done');
  } else if (request.url === '/test/asked') {
    response.end(String(asked['/jwks']));
  } else if (request.url === '/test/tokens') {
    response.end(String(asked['/token']));
  } else if (request.url.startsWith('/people/')) {
    await interact(current, request, response, body);
  } else {
    if (request.url in asked) asked[request.url] += 1;
    current.callback()(request, response);
  }
}

createServer(answer).listen(Number(port), '127.0.0.1', () => console.log(`provider at ${issuer}`));
