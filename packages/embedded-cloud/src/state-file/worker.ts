/** The thread in which the command line tool runs the embedded cloud; bundled by `bin/forseti.mjs`. */
import { keepCorpus } from '../corpus/ask';
import { builtHouse } from './builtHouse';
import { serve } from './serve';

keepCorpus(process.env);
serve(({ root }) => builtHouse(root));
