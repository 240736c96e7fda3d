/**
 * What the model of the demo has to tell. It asks for a pause once.
 */
import { PAUSE_MARKER } from './marker-scanner.ts';

/** What it was asked. */
export const PROMPT = 'Tell me a story about a lighthouse.';

/** The story. */
export const STORY = `The lamp at Skerry Point had been lit every night for ninety years, and
in all that time it had never once been asked to stop.

Ships asked it for other things. They asked where the rocks were, and it
told them. They asked how far it was to the harbour, and it told them
that too, in the only word it had: here, here, here.

Then, one evening in November, a small boat came round the point with
its engine off, and a girl stood up in it and called: "Could you wait a
moment? I should like to see the stars."

Nobody had ever said that to a lighthouse. The keeper put down his cup.
He knew how to light the lamp and how to mend it. He had a book on both.
He had none on how to stop it so that it could be started again.

"If I break off here," he said, "will it know where it was?"

"It need not know," said the girl. "You were listening. Tell it what it
has said so far, and it will go on from there."

Shall I tell you what he did?
${PAUSE_MARKER}
He turned the lamp down. It took less than a blink; the beam did not
finish its round, and nothing had to be burnt that nobody would see.

The stars came out, all of them at once, as if they had been waiting
behind a door. The girl counted to a hundred, quite slowly. She was in
no hurry, and while she counted nothing in the tower so much as ticked.

"Thank you," she called. "You may go on."

And the keeper, who had been listening, read the lamp its own words from
the first night to the last, and it went on in the middle of the round
where it had stopped: here, here, here.
`;
