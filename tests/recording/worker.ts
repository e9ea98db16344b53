/** The command's worker, with its cloud recorded. */
import './start';
import '../../cli/local/worker';
