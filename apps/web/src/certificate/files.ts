/** Where a show's proof is fetched from, and under which names the server hands it out. Only the officer's has floors. */
export function proofFiles(showId: string) {
  const api = `/api/shows/${showId}`;
  const bundle = { path: `${api}/bundle`, name: `${showId}.bundle.json` };
  const officerBundle = { path: `${api}/bundle/officer`, name: `${showId}.officer.bundle.json` };
  const policy = { path: `${api}/policy`, name: `${showId}.policy` };
  const archive = { path: `${api}/export.tar`, name: `${showId}.tar` };
  return {
    archive,
    bundle,
    officerBundle,
    policy,
    verifyLine: `npm run verify -- ${bundle.name} --policy ${policy.name}`,
    verifyOfficerLine: `npm run verify -- ${officerBundle.name} --policy ${policy.name}`,
  };
}

/** The same of a township's season: its registry and every sealed show. */
export function seasonFiles(code: string) {
  const api = `/api/townships/${code}`;
  const season = { path: `${api}/season`, name: `${code}.season.json` };
  const policy = { path: `${api}/policy`, name: `${code}.policy` };
  return { season, policy, verifyLine: `npm run verify -- --season ${season.name} --policy ${policy.name}` };
}
