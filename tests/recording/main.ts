/** The `forseti` command, with its clouds recorded. */
import './start';

export { main } from '../../cli/main';
