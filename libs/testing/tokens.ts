import { TEST_SECRET, Tokens } from '#libs/local-stack/tokens';

export type TestAccount = Readonly<{ municipality: string; roles: readonly string[]; staffId?: string }>;

/** A real access token of the test provider for an account as described. */
export const tokenFor = ({ municipality, roles, staffId }: TestAccount): Promise<string> =>
  tokens().of([municipality, roles.join('+'), ...(staffId ? [staffId] : [])].join('.'), TEST_SECRET);

/** A service's token for one municipality. */
export const serviceTokenFor = (service: string, municipality: string): Promise<string> =>
  tokens().of(`service.${service}`, TEST_SECRET, `municipality:${municipality}`);

let kept: Tokens | undefined;
const tokens = (): Tokens => {
  const issuer = process.env.TEST_OIDC_ISSUER;
  if (!issuer) throw new Error('TEST_OIDC_ISSUER is not set: run the suite as .int.spec.ts or .e2e.spec.ts');
  return (kept ??= new Tokens(issuer));
};
