import { serve } from '../../../local/state-file/serve';
import { tinyHouse } from './house';

serve(async () => tinyHouse());
