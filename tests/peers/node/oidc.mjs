// An identity provider for tests: its development pages take any login, and the groups of a person stand in their claims.
import { Provider } from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const groups = { ada: ['dose-readers'], grace: ['dose-physicists', 'anglers'], visitor: ['anglers'] };

const provider = new Provider(issuer, {
  clients: [
    { client_id: 'doseledger', client_secret: 'an invented secret of the client', redirect_uris: [redirectUri] },
  ],
  claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
  scopes: ['openid', 'profile'],
  pkce: { required: () => true },
  findAccount: (_context, sub) => ({
    accountId: sub,
    claims: () => ({ sub, preferred_username: sub, groups: groups[sub] ?? [] }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
