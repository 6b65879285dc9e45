/** The OIDC provider as a process of its own: `node oidc-main.js <settings.json>`; the clients are read anew each time. */
import { readFileSync } from 'node:fs';
import { startOidc, type Client } from './oidc.js';

const [, , file] = process.argv;
const { port, audience, municipalities, keyFile, clientsFile } = JSON.parse(readFileSync(file, 'utf8')) as OidcSettings;

export type OidcSettings = Readonly<{
  port: number;
  audience: string;
  municipalities: readonly string[];
  keyFile: string;
  clientsFile: string;
}>;

const client = (id: string): Client | undefined =>
  (JSON.parse(readFileSync(clientsFile, 'utf8')) as Readonly<Record<string, Client>>)[id];

const provider = await startOidc({ port, audience, municipalities, keyFile, client });
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void provider.stop().then(() => process.exit(0)));
