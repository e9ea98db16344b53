import Sequencer from '@jest/test-sequencer';

const playsOnMachines = ({ path }) => Number(/[\\/]tests[\\/]machines[\\/]/.test(path));

/**
 * Jest's order of test files (the longest of the last run first, else the largest), with the machines' tests before all
 * others. In a fresh clone Jest knows nothing of how long they take: the smallest of them are the slowest files of all,
 * and one core would wait for the other in the end.
 */
export default class MachinesFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => playsOnMachines(other) - playsOnMachines(one));
  }
}
