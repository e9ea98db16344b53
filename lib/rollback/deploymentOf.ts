/** The deployment that made a release: its sort key is `TIME#DEPLOYMENT`. */
export const deploymentOf = (release: string): string => release.slice(release.indexOf('#') + 1);
