/** What Forseti makes for a switch carries the switch's name under this tag, and the application's beside it. */
export const switchTag = 'forseti:switch';
