import { serveStateFile } from '../../src/state-file/serve';
import { tinyFactory } from './tinyFactory';

serveStateFile(async () => tinyFactory());
