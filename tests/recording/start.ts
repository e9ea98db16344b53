/** For whatever makes clouds in a test, or in a run that is recorded. It comes before everything that makes one. */
import { recordClouds } from './record';

recordClouds(process.env);
