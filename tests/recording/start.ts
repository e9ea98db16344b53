/** Imported before anything makes a cloud, in tests and in recorded runs. */
import { recordClouds } from './record';

recordClouds(process.env);
