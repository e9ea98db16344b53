/** The thread in which the command line tool runs the embedded cloud; bundled by `bin/forseti.mjs`. */
import { builtHouse } from './builtHouse';
import { serve } from './serve';

serve(({ root }) => builtHouse(root));
