/** Where a show's proof is fetched from, and under which names it is kept. The bundle has no floors in it. */
export function proofFiles(showId: string) {
  const api = `/api/shows/${showId}`;
  const bundle = { path: `${api}/bundle`, name: `qingpai-${showId}.bundle.json` };
  const officerBundle = { path: `${api}/bundle/officer`, name: `qingpai-${showId}.officer.bundle.json` };
  const policy = { path: `${api}/policy`, name: `qingpai-${showId}.policy` };
  return {
    bundle,
    officerBundle,
    policy,
    verifyLine: `npm run verify -- ${bundle.name} --policy ${policy.name}`,
    verifyOfficerLine: `npm run verify -- ${officerBundle.name} --policy ${policy.name}`,
  };
}
