/** The `forseti` command, its clouds recorded. */
import './start';

export { main } from '../../cli/main';
