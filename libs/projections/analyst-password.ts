import { createHmac } from 'node:crypto';

/** Database role of a municipality's analysts; row-level security reads the code from the name. */
export const analystRole = (municipality: string): string => `analyst_${municipality}`;

/**
 * Password of that role: HMAC-SHA256 of the role's name under the one secret of the service (`ANALYST_PASSWORD`), in
 * base64url without padding. So one secret is kept, and no city's password opens another's. In a shell:
 * `printf %s analyst_142140 | openssl dgst -sha256 -hmac "$ANALYST_PASSWORD" -binary | basenc --base64url | tr -d =`
 */
export const analystPassword = (secret: string, municipality: string): string =>
  createHmac('sha256', secret).update(analystRole(municipality)).digest('base64url');
