import { serve } from '../../src/state-file/serve';
import { tinyHouse } from './house';

serve(async () => tinyHouse());
