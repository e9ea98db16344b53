import { recorderInto } from '../iam/use';

const folder = process.env.FORSETI_PRIVILEGES;

/** Where FORSETI_PRIVILEGES names a folder, every cloud of this process writes down there which permissions it used. */
export const noteUses = folder === undefined || folder === '' ? undefined : recorderInto(folder);
